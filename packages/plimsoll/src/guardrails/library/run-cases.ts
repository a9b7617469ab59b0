import { z } from 'zod';
import { problem } from '../../model/errors.ts';
import { member } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import type { Outcome, Verdict } from '../../model/verdict.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { pathText } from '../formats/document-faults.ts';
import { guardrailsOf } from '../policy-set.ts';
import type { Guardrail } from '../policy-set.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { withValue, withoutValue } from './object-edit.ts';
import { minorOf, readDocuments, variantFor } from './read-library.ts';
import type { LibraryEntry } from './read-library.ts';

const json: z.ZodType<Json> = z.json();
const object = z.record(z.string(), json);

const caseSchema = z.strictObject({
  name: z.string().min(1),
  object: object.optional(),
  set: object.default({}),
  unset: z.array(z.string()).default([]),
  unseen: z.array(z.string()).default([]),
  version: z
    .string()
    .regex(/^1\.\d+$/)
    .optional(),
  namespace: z.record(z.string(), z.string()).optional(),
  params: z.array(object).default([]),
  lookups: z.record(z.string(), z.array(object).nullable()).default({}),
  outcome: z.enum(['pass', 'fail', 'skip', 'unknown', 'error', 'none']),
  message: z.string().optional(),
  reason: z.string().optional(),
  paths: z.array(z.string()).optional(),
});

const casesSchema = z.strictObject({ base: object, cases: z.array(caseSchema).min(1) });

type Case = z.output<typeof caseSchema>;

/** What became of one case. */
export interface CaseResult {
  readonly guardrail: string;
  readonly case: string;
  /** The kind that it ran on: `Pod`, or a kind with a template of it. */
  readonly kind: string;
  /** What differs from what the case says; empty where it holds. */
  readonly differences: readonly string[];
}

/** A case on one kind of object: what is held to what, in which world. */
export interface HeldCase {
  readonly says: Case;
  /** The kind that it runs on: `Pod`, or a kind with a template of it. */
  readonly kind: string;
  readonly resource: Resource;
  /** null: none of the guardrail's variants is about that version. */
  readonly guardrail: Guardrail | null;
  readonly world: World;
}

/** The cases that stand beside a guardrail (guardrails/README.md); `problems` where the file is not valid. */
export function casesOf(entry: LibraryEntry): {
  readonly cases: readonly HeldCase[];
  readonly problems: readonly Problem[];
} {
  const broken = entry.variants.flatMap((policy) => guardrailOf(policy).problems);
  if (broken.length > 0 || entry.casesFile === null) return { cases: [], problems: broken };
  const file = entry.casesFile;
  const reading = casesSchema.safeParse(readDocuments(file)[0]);
  if (!reading.success) {
    const problems = reading.error.issues.map((issue) =>
      problem('PLM1313', `${pathText(issue.path.filter((part) => typeof part !== 'symbol'))}: ${issue.message}`, {
        file,
      }),
    );
    return { cases: [], problems };
  }
  const { base, cases } = reading.data;
  return { cases: cases.flatMap((one) => heldCases(entry, one, one.object ?? base)), problems: [] };
}

/** Runs the cases of {@link casesOf}. */
export function runCases(entry: LibraryEntry): {
  readonly results: readonly CaseResult[];
  readonly problems: readonly Problem[];
} {
  const { cases, problems } = casesOf(entry);
  return { results: cases.map((one) => runCase(entry.name, one)), problems };
}

function heldCases(entry: LibraryEntry, one: Case, base: JsonObject): readonly HeldCase[] {
  const minor = one.version === undefined ? Number.POSITIVE_INFINITY : minorOf(one.version);
  const policy = variantFor(entry.variants, minor);
  let body = base;
  for (const [path, value] of Object.entries(one.set)) body = withValue(body, path, value);
  for (const path of one.unset) body = withoutValue(body, path);
  const kinds: [string, Resource][] = [[String(body['kind']), resourceOf(body, typeOf(body), one.unseen)]];
  if (policy?.appliesTo === 'podTemplates' && body['kind'] === 'Pod')
    for (const [type, path] of podTemplateTypes) kinds.push([type, templateOf(body, type, path, one.unseen)]);
  const guardrail = policy === null ? null : guardrailOf(policy);
  return kinds.map(([kind, resource]) => ({
    says: one,
    kind,
    resource,
    guardrail,
    world: worldOf(one, resource, policy?.lookups ?? []),
  }));
}

function runCase(guardrail: string, { says, kind, resource, guardrail: judging, world }: HeldCase): CaseResult {
  const prefix = resource.type === 'core/pods' ? undefined : podTemplateTypes.get(resource.type)?.join('.');
  const verdicts = judging === null ? [] : evaluateResource(resource, [judging], world);
  return { guardrail, case: says.name, kind, differences: differences(says, verdicts[0], prefix) };
}

function differences(one: Case, verdict: Verdict | undefined, prefix: string | undefined): readonly string[] {
  const outcome: Outcome | 'none' = verdict?.outcome ?? 'none';
  const [violation] = verdict?.violations ?? [];
  const said: string[] = [];
  if (outcome !== one.outcome) {
    const why = violation?.message ?? verdict?.reason ?? '';
    said.push(`is ${outcome}${why === '' ? '' : ` (${why})`}, expected ${one.outcome}`);
  }
  if (one.message !== undefined && violation?.message !== one.message)
    said.push(`says "${violation?.message ?? ''}", expected "${one.message}"`);
  if (one.outcome === 'fail' && one.message === undefined) said.push('a case that fails must give its message');
  if (one.reason !== undefined && !(verdict?.reason ?? '').includes(one.reason))
    said.push(`gives the reason "${verdict?.reason ?? ''}", expected "${one.reason}"`);
  const expected = one.paths?.map((path) => (prefix === undefined ? path : `${prefix}.${path}`));
  const found = violation?.paths ?? [];
  if (expected !== undefined && expected.toSorted().join(' ') !== found.toSorted().join(' '))
    said.push(`blames ${found.join(', ')}, expected ${expected.join(', ')}`);
  return said;
}

function guardrailOf(policy: LibraryEntry['variants'][number]): Guardrail {
  const [guardrail] = guardrailsOf([{ part: 'policy', policy }], () => newestDialect).guardrails;
  if (guardrail === undefined) throw new TypeError('a policy gives one guardrail');
  return guardrail;
}

function typeOf(body: JsonObject): string {
  const apiVersion = typeof body['apiVersion'] === 'string' ? body['apiVersion'] : '';
  const kind = typeof body['kind'] === 'string' ? body['kind'].toLowerCase() : '';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : 'core';
  const plural = /(s|x|z|ch|sh)$/.test(kind) ? `${kind}es` : kind.replace(/y$/, 'ie').concat('s');
  return `${group}/${plural}`;
}

function resourceOf(body: JsonObject, type: string, unseen: readonly string[]): Resource {
  const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
  const metadata = body['metadata'];
  return {
    source: 'cases',
    type,
    scope: text(member(metadata, 'namespace')),
    name: text(member(metadata, 'name')) ?? '',
    apiVersion: text(body['apiVersion']) ?? '',
    kind: text(body['kind']) ?? '',
    uid: null,
    version: null,
    body,
    unseen,
    place: null,
  };
}

/** The pod of a case inside a template of one of the eight kinds. */
function templateOf(pod: JsonObject, type: string, path: readonly string[], unseen: readonly string[]): Resource {
  const { namespace, ...metadata } = pod['metadata'] as JsonObject;
  const template: JsonObject = { metadata, ...(pod['spec'] === undefined ? {} : { spec: pod['spec'] }) };
  const group = type.slice(0, type.indexOf('/'));
  const outer: JsonObject = {
    apiVersion: group === 'core' ? 'v1' : `${group}/v1`,
    kind: type,
    metadata: { name: 'case', ...(namespace === undefined ? {} : { namespace }) },
  };
  const body = withValue(outer, path.join('.'), template);
  return {
    ...resourceOf(
      body,
      type,
      unseen.map((hidden) => `${path.join('.')}.${hidden}`),
    ),
    scope: typeof namespace === 'string' ? namespace : 'default',
  };
}

/** The world that a case tells of: its namespace's labels, params and lookups. */
function worldOf(one: Case, resource: Resource, lookups: Policy['lookups']): World {
  return {
    namespace: (_, name) => {
      const labels = { ...one.namespace, 'kubernetes.io/metadata.name': name };
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
      const unknown = one.namespace === undefined ? 'the case gives no labels of its namespace' : null;
      return { body, unknown, unseen: [] };
    },
    list: (_source, type) => {
      const lookup = lookups.find((candidate) => candidate.type === type);
      if (lookup === undefined) return { items: one.params.map((body) => resourceOf(body, type, [])) };
      const given = one.lookups[lookup.name];
      if (given === null) return { unknown: 'not listed' };
      return { items: (given ?? []).map((body) => resourceOf(body, type, [])) };
    },
    has: () => false,
    typeOfKind: (_source, apiVersion, kind) => ({
      type: typeOf({ apiVersion, kind }),
      namespaced: resource.scope !== null,
    }),
    served: () => null,
  };
}
