import { ApiError, TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isJsonObject } from '../../model/json.ts';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { neverMatched } from '../match/never-matched.ts';
import { type Guardrail, guardrailsOf } from '../policy-set.ts';
import type { Policy } from '../policy.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import type { World } from '../world.ts';
import { type Case, readCases } from './case-file.ts';
import { type LibraryEntry, libraryFolder, readLibrary } from './read-library.ts';

// Its own: what so many policies ask of every request would hold up those who share one.
const cluster = await testClusterOrSkip(() => TestCluster.start({ controllerManager: true }));
afterAll(async () => await cluster?.stop());
const admin = cluster?.admin;
const kinds = new FileKinds();
const admission = '/apis/admissionregistration.k8s.io/v1';
const run = `library-${Date.now().toString(36)}`;
const LABEL = 'plimsoll.dev/case';

/** A guardrail whose expressions the API server can hold: no look-ups, and about what it lets policies see. */
interface Enforced {
  readonly entry: LibraryEntry;
  readonly policy: Policy;
  readonly guardrail: Guardrail;
  readonly name: string;
}

function enforced(entry: LibraryEntry): readonly Enforced[] {
  const policy = entry.variants.at(-1);
  if (policy === undefined || policy.lookups.length > 0) return [];
  const asPolicy = { reference: { ...policy.reference, kind: 'ValidatingAdmissionPolicy' } };
  const exempt = policy.match.rules.every(({ apiGroups, resources }) =>
    apiGroups.every((group) => resources.every((resource) => neverMatched(asPolicy, `${group}/${resource}`) !== null)),
  );
  const [guardrail] = guardrailsOf([{ part: 'policy', policy }], () => newestDialect).guardrails;
  return exempt || guardrail === undefined ? [] : [{ entry, policy, guardrail, name: `${run}-${entry.name}` }];
}

const all = readLibrary(libraryFolder).flatMap(enforced);
let namespace = 'none';

/** The guardrail as a ValidatingAdmissionPolicy; of pod templates, for pods. */
function policyOf({ policy, name }: Enforced): JsonObject {
  const spec = policy.document.body['spec'] as JsonObject;
  const { matchConstraints, matchConditions = [], variables = [], validations = [] } = spec;
  const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  const rules = policy.appliesTo === null ? {} : { resourceRules: [pods] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: { ...(matchConstraints as JsonObject | undefined), ...rules },
      matchConditions,
      variables,
      validations,
    },
  };
}

/** Bound to objects with a label of its own. */
function bindingOf({ name, entry }: Enforced): JsonObject {
  const matchResources = { objectSelector: { matchLabels: { [LABEL]: entry.name } } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], matchResources },
  };
}

/** A case's object in this test's own namespace where it is in the cases' usual one. */
function placed(body: JsonObject, label: string | null): JsonObject {
  const text = body['kind'] === 'Namespace' ? body : (JSON.parse(inOwnNamespace(JSON.stringify(body))) as JsonObject);
  const { uid: _, ...metadata } = text['metadata'] as JsonObject;
  const labels = { ...(metadata['labels'] as JsonObject | undefined), ...(label === null ? {} : { [LABEL]: label }) };
  return { ...text, metadata: { ...metadata, labels } };
}

function inOwnNamespace(text: string): string {
  return text.replaceAll('"shop"', `"${namespace}"`).replaceAll('shop/', `${namespace}/`);
}

function pathOf(body: JsonObject): string {
  const apiVersion = String(body['apiVersion']);
  const type = kinds.of(apiVersion, String(body['kind']))?.type ?? kinds.guess(apiVersion, String(body['kind']));
  const prefix = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = (body['metadata'] as JsonObject)['namespace'];
  const within = typeof scope === 'string' ? `/namespaces/${scope}` : '';
  return `${prefix}${within}/${type.slice(type.indexOf('/') + 1)}?dryRun=All`;
}

/** What the server makes of an object that no policy is bound to; null where it does not take it. */
async function stored(body: JsonObject): Promise<JsonObject | null> {
  try {
    const object = placed(body, null);
    const answer = await admin?.create(pathOf(object), object);
    return isJsonObject(answer) ? answer : null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}

/** The policy's message, or that the object is admitted. */
async function theirs({ entry }: Enforced, body: JsonObject): Promise<string> {
  const object = placed(body, entry.name);
  try {
    await admin?.create(pathOf(object), object);
    return 'admitted';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message } = JSON.parse(error.message.slice(error.message.indexOf('{'))) as { readonly message: string };
    return /denied request: (.*)$/s.exec(message)?.[1] ?? message;
  }
}

function ours({ guardrail }: Enforced, body: JsonObject): string {
  const [verdict] = evaluateResource(resourceOf(body, 'cluster'), [guardrail], world);
  return verdict?.outcome === 'fail' ? (verdict.violations[0]?.message ?? '') : 'admitted';
}

const world: World = {
  namespace: (_, name) => ({
    body: { metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } },
    unknown: null,
    unseen: [],
  }),
  list: () => ({ items: [] }),
  has: () => false,
  typeOfKind: (_, apiVersion, kind) => kinds.of(apiVersion, kind),
  served: () => null,
};

/** Those that the server may be asked about: whole objects, judged by the newest variant. */
function asked({ entry }: Enforced): readonly Case[] {
  const { cases } = entry.casesFile === null ? { cases: [] } : readCases(entry.casesFile);
  return cases.filter(({ version, unseen }) => version === undefined && unseen.length === 0);
}

/** Creates them all, a few at a time. */
async function inParallel(items: readonly Enforced[], create: (one: Enforced) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await create(next);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

let compared = 0;
/** Cases whose object the server makes another one of. */
const otherwise: string[] = [];

describe.skipIf(admin === undefined)('the library as policies of a real API server', () => {
  beforeAll(async () => {
    namespace = (await cluster?.namespace('library')) ?? '';
    // A policy whose expressions do not compile is refused here.
    await inParallel(all, async (one) => {
      await admin?.create(`${admission}/validatingadmissionpolicies`, policyOf(one));
      await admin?.create(`${admission}/validatingadmissionpolicybindings`, bindingOf(one));
    });
  }, 120_000);

  it.each(all.map((one) => [one.entry.name, one] as const))('%s', async (_, one) => {
    const differ: object[] = [];
    for (const { name, body, outcome, message = '' } of asked(one)) {
      const seen = await stored(body);
      if (seen === null) continue;
      compared += 1;
      const expected = ours(one, seen);
      // A policy reaches the server's admission by a watch.
      if (expected !== 'admitted')
        await vi.waitUntil(async () => (await theirs(one, body)) !== 'admitted', 20_000).catch(() => undefined);
      const answer = await theirs(one, body);
      const said = outcome === 'fail' ? inOwnNamespace(message) : 'admitted';
      if (answer !== expected) differ.push({ name, ours: expected, theirs: answer });
      if (answer !== said) otherwise.push(`${one.entry.name}: ${name}`);
    }
    expect(differ).toEqual([]);
  });

  it('judges the cases as they say, but where the server changes the object first', () => {
    expect(otherwise.toSorted()).toEqual([
      // A status is not taken at creation.
      'hygiene-namespace-stuck: kept by finalizers',
      // The annotation becomes the field.
      'pod-security-apparmor: unconfined by annotation',
      // A field that nobody knows is dropped.
      'pod-security-volume-types: a kind nobody knows',
      'reliability-cannot-start: an init container lacks its Secret',
      'reliability-cannot-start: the image cannot be pulled',
      // About templates alone; the policy here is on pods.
      'reliability-node-name: a node',
      // About files: the server gives every object a uid.
      'secrets-in-config-map: a password',
      'secrets-in-config-map: a private key',
    ]);
    expect(all.length).toBeGreaterThan(160);
    expect(compared).toBeGreaterThan(650);
  });
});
