import { ApiError, TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isJsonObject } from '../../model/json.ts';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { exportVap } from '../export/vap-export.ts';
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
const LABEL = 'plimsoll.dev/case';

/** A guardrail that the API server can enforce, with what `guardrails export` makes of it. */
interface Enforced {
  readonly entry: LibraryEntry;
  readonly policy: Policy;
  readonly guardrail: Guardrail;
  readonly documents: readonly JsonObject[];
}

function enforced(entry: LibraryEntry): readonly Enforced[] {
  const policy = entry.variants.at(-1);
  if (policy === undefined) return [];
  const [guardrail] = guardrailsOf([{ part: 'policy', policy }], () => newestDialect).guardrails;
  if (guardrail === undefined) return [];
  const { documents } = exportVap([guardrail], Date.now());
  return documents.length === 0 ? [] : [{ entry, policy, guardrail, documents }];
}

const all = readLibrary(libraryFolder).flatMap(enforced);
let namespace = 'none';

/** What is exported, its bindings bound to objects with a label of the guardrail's own. */
function manifestsOf({ documents, entry }: Enforced): readonly JsonObject[] {
  const matchResources = { objectSelector: { matchLabels: { [LABEL]: entry.name } } };
  return documents.map((body) =>
    body['kind'] === 'ValidatingAdmissionPolicy'
      ? body
      : { ...body, spec: { ...(body['spec'] as JsonObject), matchResources } },
  );
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
function asked({ entry, policy }: Enforced): readonly Case[] {
  const { cases } = entry.casesFile === null ? { cases: [] } : readCases(entry.casesFile);
  const own = cases.filter(({ version, unseen }) => version === undefined && unseen.length === 0);
  if (policy.appliesTo === null) return own;
  const onPods = own.filter(({ body }) => body['kind'] === 'Pod');
  const some = [
    ...onPods.filter(({ outcome }) => outcome === 'fail').slice(0, 1),
    ...onPods.filter(({ outcome }) => outcome === 'pass').slice(0, 1),
  ];
  const elsewhere = entry.name === 'pod-security-privileged' ? [...controllers.keys()] : ['CronJob', 'PodTemplate'];
  return [
    ...own,
    ...onPods.map((one) => inside(one, 'Deployment')),
    ...elsewhere.flatMap((kind) => some.map((one) => inside(one, kind))),
  ];
}

type Make = (template: JsonObject) => JsonObject;

const selector = { matchLabels: { case: 'template' } };
const apps = (kind: string): [string, Make] => [
  kind,
  (template) => ({ apiVersion: 'apps/v1', kind, spec: { selector, template } }),
];
/** A template whose pods end. */
const ending = (template: JsonObject): JsonObject => {
  const spec = template['spec'] as JsonObject;
  return { ...template, spec: { ...spec, restartPolicy: spec['restartPolicy'] ?? 'Never' } };
};
const jobOf = (template: JsonObject): JsonObject => ({ template: ending(template) });

/** The kinds that hold a template of a Pod, as the API server takes them. */
const controllers: ReadonlyMap<string, Make> = new Map([
  apps('Deployment'),
  apps('ReplicaSet'),
  apps('StatefulSet'),
  apps('DaemonSet'),
  [
    'ReplicationController',
    (template) => ({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      spec: { selector: selector.matchLabels, template },
    }),
  ],
  ['Job', (template) => ({ apiVersion: 'batch/v1', kind: 'Job', spec: jobOf(template) })],
  [
    'CronJob',
    (template) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: { schedule: '0 0 * * *', jobTemplate: { spec: jobOf(template) } },
    }),
  ],
  ['PodTemplate', (template) => ({ apiVersion: 'v1', kind: 'PodTemplate', template })],
]);

/** The case's Pod as the template of a controller. */
function inside(one: Case, kind: string): Case {
  const { namespace = null, labels, ...metadata } = one.body['metadata'] as JsonObject;
  const own = { ...metadata, labels: { ...(labels as JsonObject | undefined), ...selector.matchLabels } };
  const template = { metadata: own, ...(one.body['spec'] === undefined ? {} : { spec: one.body['spec'] }) };
  const outer = { name: 'subject', ...(namespace === null ? {} : { namespace }) };
  return { ...one, name: `${one.name} (${kind})`, body: { ...controllers.get(kind)?.(template), metadata: outer } };
}

/** Does it for all of them, a few at a time. */
async function inParallel<T>(items: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
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
      for (const body of manifestsOf(one)) {
        const isPolicy = body['kind'] === 'ValidatingAdmissionPolicy';
        await admin?.create(`${admission}/validatingadmissionpolic${isPolicy ? 'ies' : 'ybindings'}`, body);
      }
    });
  }, 300_000);

  it.each(all.map((one) => [one.entry.name, one] as const))('%s', async (_, one) => {
    const differ: object[] = [];
    await inParallel(asked(one), async ({ name, body, outcome, message = '' }) => {
      const seen = await stored(body);
      if (seen === null) return;
      compared += 1;
      const expected = ours(one, seen);
      // A policy reaches the server's admission by a watch.
      if (expected !== 'admitted')
        await vi.waitUntil(async () => (await theirs(one, body)) !== 'admitted', 20_000).catch(() => undefined);
      const answer = await theirs(one, body);
      const said = outcome === 'fail' ? inOwnNamespace(message) : 'admitted';
      if (answer !== expected) differ.push({ name, ours: expected, theirs: answer });
      if (answer !== said) otherwise.push(`${one.entry.name}: ${name}`);
    });
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
      'pod-security-volume-types: a kind nobody knows (Deployment)',
      // What needs look-ups is not exported.
      'reliability-budget-blocks-eviction: as many as the cluster counts',
      'reliability-budget-blocks-eviction: nearly all of a few is rounded up to all',
      'reliability-budget-blocks-eviction: one of one',
      'reliability-cannot-start: an init container lacks its Secret',
      'reliability-cannot-start: the image cannot be pulled',
      // About pods that go on, and those of a Job end.
      'reliability-killed-at-once: at once (CronJob)',
      // About templates alone; this is a pod.
      'reliability-node-name: a node',
      'reliability-readiness-probe: ports and no probe (CronJob)',
      // About files: the server gives every object a uid.
      'secrets-in-config-map: a password',
      'secrets-in-config-map: a private key',
    ]);
    expect(all.length).toBeGreaterThan(160);
    expect(compared).toBeGreaterThan(1200);
  });
});
