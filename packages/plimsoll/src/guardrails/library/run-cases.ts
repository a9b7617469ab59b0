import { member } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import type { Outcome, Verdict } from '../../model/verdict.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { guardrailsOf } from '../policy-set.ts';
import type { Guardrail } from '../policy-set.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { type Case, readCases } from './case-file.ts';
import { withValue } from './object-edit.ts';
import { minorOf, variantFor } from './read-library.ts';
import type { LibraryEntry } from './read-library.ts';

const kinds = new FileKinds();

/** What became of one case. */
export interface CaseResult {
  readonly guardrail: string;
  readonly case: string;
  /** The kind that it ran on: `Pod`, or a kind with a template of it. */
  readonly kind: string;
  readonly outcome: Outcome | 'none';
  /** Which of the guardrail's variants judged, counted from the oldest; null where the control is younger or gone. */
  readonly variant: number | null;
  /** Which of the guardrail's validations were violated. */
  readonly violated: readonly number[];
  /** What was said of each of them. */
  readonly messages: readonly string[];
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
  const { cases, problems } = readCases(entry.casesFile);
  return { cases: cases.flatMap((one) => heldCases(entry, one)), problems };
}

/** Runs the cases of {@link casesOf}. */
export function runCases(entry: LibraryEntry): {
  readonly results: readonly CaseResult[];
  readonly problems: readonly Problem[];
} {
  const { cases, problems } = casesOf(entry);
  return { results: cases.map((one) => runCase(entry, one)), problems };
}

function heldCases(entry: LibraryEntry, one: Case): readonly HeldCase[] {
  const { body } = one;
  const minor = one.version === undefined ? Number.POSITIVE_INFINITY : minorOf(one.version);
  const policy = variantFor(entry.variants, minor);
  const resources: [string, Resource][] = [[String(body['kind']), resourceOf(body, typeOf(body), one.unseen)]];
  if (policy?.appliesTo === 'podTemplates' && body['kind'] === 'Pod')
    for (const [type, path] of podTemplateTypes) resources.push([type, templateOf(body, type, path, one.unseen)]);
  const isOwn = (index: number) => index === 0 && one.object !== undefined;
  const meant = resources.filter(([, { type }], index) => isOwn(index) || policy === null || !leavesOut(policy, type));
  const guardrail = policy === null ? null : guardrailOf(policy);
  return meant.map(([kind, resource]) => ({
    says: one,
    kind,
    resource,
    guardrail,
    world: worldOf(one, resource, policy?.lookups ?? []),
  }));
}

function runCase(entry: LibraryEntry, { says, kind, resource, guardrail, world }: HeldCase): CaseResult {
  const policy = guardrail?.policy ?? null;
  const prefix = policy?.appliesTo === 'podTemplates' ? podTemplateTypes.get(resource.type)?.join('.') : undefined;
  const [verdict] = guardrail === null ? [] : evaluateResource(resource, [guardrail], world);
  return {
    guardrail: entry.name,
    case: says.name,
    kind,
    outcome: verdict?.outcome ?? 'none',
    variant: policy === null ? null : entry.variants.indexOf(policy),
    violated: (verdict?.violations ?? []).map(({ index }) => index),
    messages: (verdict?.violations ?? []).map(({ message }) => message),
    differences: differences(says, verdict, prefix),
  };
}

/** True for a kind that the guardrail's own excludeResourceRules name: a case is about the others, unless it is of that kind. */
function leavesOut({ match }: Policy, type: string): boolean {
  const [group = '', resource = ''] = type.split('/');
  return match.excludeRules.some(
    ({ apiGroups, resources }) => apiGroups.includes(group === 'core' ? '' : group) && resources.includes(resource),
  );
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

const compiled = new WeakMap<Policy, Guardrail>();

function guardrailOf(policy: Policy): Guardrail {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const [guardrail] = guardrailsOf([{ part: 'policy', policy }], () => newestDialect).guardrails;
  if (guardrail === undefined) throw new TypeError('a policy gives one guardrail');
  compiled.set(policy, guardrail);
  return guardrail;
}

function typeOf(body: JsonObject): string {
  const [apiVersion, kind] = [body['apiVersion'], body['kind']].map((value) =>
    typeof value === 'string' ? value : '',
  );
  return kinds.of(apiVersion ?? '', kind ?? '')?.type ?? kinds.guess(apiVersion ?? '', kind ?? '');
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
    list: (_source, type, scope) => {
      const lookup = lookups.find((candidate) => candidate.type === type);
      if (lookup === undefined) return { items: one.params.map((body) => resourceOf(body, type, [])) };
      const given = one.lookups[lookup.name];
      if (given === null) return { unknown: 'not listed' };
      const items = (given ?? []).map((body) => resourceOf(body, type, []));
      return { items: items.filter((item) => scope === null || item.scope === scope) };
    },
    has: () => false,
    typeOfKind: (_source, apiVersion, kind) => ({
      type: typeOf({ apiVersion, kind }),
      namespaced: resource.scope !== null,
    }),
    served: () => null,
  };
}
