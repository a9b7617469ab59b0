import { type ApiObject, ApiError, sharedTestCluster } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { exportVap } from './vap-export.ts';

const cluster = await sharedTestCluster();
const admin = cluster?.admin;
const admission = '/apis/admissionregistration.k8s.io/v1';
const run = `export-${Date.now().toString(36)}`;
let namespace = '';

const container = (image: string): JsonObject => ({ name: 'app', image });
const guardrail: JsonObject = {
  apiVersion: 'plimsoll.dev/v1',
  kind: 'Guardrail',
  metadata: { name: run },
  spec: {
    appliesTo: 'podTemplates',
    validations: [
      {
        expression:
          '(object.spec.containers + object.spec.?ephemeralContainers.orValue([])).all(c, !c.image.startsWith("bad"))',
        message: 'a bad image',
      },
    ],
  },
};

function exported(body: JsonObject): readonly JsonObject[] {
  const parts = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  const { documents, problems } = exportVap(guardrailsOf(parts, () => newestDialect).guardrails, Date.now());
  expect(problems).toEqual([]);
  return documents;
}

const policies = exported(guardrail);
const collection = (body: JsonObject): string =>
  `${admission}/${body['kind'] === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}`;

/** `taken`, or the message of the policy that refuses it. */
async function answer(asked: Promise<ApiObject> | undefined): Promise<string> {
  try {
    await asked;
    return 'taken';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return /denied request: ([^"]*)"/.exec(error.message)?.[1] ?? error.message;
  }
}

const selector = { matchLabels: { app: 'x' } };
const template = (image: string): JsonObject => ({
  metadata: { labels: selector.matchLabels },
  spec: { containers: [container(image)] },
});
const pod = (name: string, image: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, finalizers: ['example.com/held'], labels: { app: 'x' } },
  spec: { containers: [container(image)] },
});
const replicaSet = (name: string, owners: JsonObject[]): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, ownerReferences: owners },
  spec: { replicas: 0, selector, template: template('bad:1') },
});
const deployment = (name: string, image: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas: 0, selector, template: template(image) },
});

describe.skipIf(admin === undefined)('an exported guardrail on pod templates, held by a real API server', () => {
  const pods = () => `/api/v1/namespaces/${namespace}/pods`;
  const apps = (resource: string) => `/apis/apps/v1/namespaces/${namespace}/${resource}`;

  beforeAll(async () => {
    namespace = (await cluster?.namespace(run, { run })) ?? '';
    // What was there before.
    await admin?.create(pods(), pod('old', 'bad:1'));
    await admin?.create(pods(), pod('good', 'app:1'));
    await admin?.create(apps('deployments'), deployment('old', 'bad:1'));
    const matchResources = { namespaceSelector: { matchLabels: { run } } };
    for (const body of policies)
      await admin?.create(
        collection(body),
        body['kind'] === 'ValidatingAdmissionPolicy'
          ? body
          : { ...body, spec: { ...(body['spec'] as JsonObject), matchResources } },
      );
    for (const [path, body] of [
      [pods(), pod('new', 'bad:1')],
      [apps('deployments'), deployment('new', 'bad:1')],
    ] as const)
      await vi.waitUntil(
        async () => (await answer(admin?.create(`${path}?dryRun=All`, body))) === 'a bad image',
        30_000,
      );
  }, 120_000);
  afterAll(async () => {
    for (const body of policies)
      await admin?.delete(`${collection(body)}/${String((body['metadata'] as JsonObject)['name'])}`);
  });

  it('lets what was there before lose a finalizer and be scaled, and judges a change of what it is about', async () => {
    expect(await answer(admin?.patch(`${apps('deployments')}/old`, { spec: { replicas: 1 } }))).toBe('taken');
    expect(
      await answer(
        admin?.patch(`${apps('deployments')}/old`, { spec: { template: { metadata: { labels: { more: 'x' } } } } }),
      ),
    ).toBe('a bad image');
    expect(await answer(admin?.patch(`${pods()}/old`, { metadata: { finalizers: null } }))).toBe('taken');
    expect(await answer(admin?.patch(`${pods()}/good`, { spec: { containers: [container('bad:2')] } }))).toBe(
      'a bad image',
    );
    expect(await answer(admin?.patch(`${pods()}/good`, { spec: { containers: [container('app:2')] } }))).toBe('taken');
  });

  it('judges ephemeral containers as they are added', async () => {
    const added = (image: string) => ({ spec: { ephemeralContainers: [{ name: 'debug', image }] } });
    expect(await answer(admin?.patch(`${pods()}/good/ephemeralcontainers`, added('bad:1')))).toBe('a bad image');
    expect(await answer(admin?.patch(`${pods()}/good/ephemeralcontainers`, added('app:1')))).toBe('taken');
  });

  it('leaves the ReplicaSet of a Deployment to the Deployment, and judges any other', async () => {
    const owner = (controller: boolean) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'old',
      uid: 'u',
      controller,
    });
    const made = (name: string, owners: JsonObject[]) =>
      answer(admin?.create(`${apps('replicasets')}?dryRun=All`, replicaSet(name, owners)));
    expect(await made('owned', [owner(true)])).toBe('taken');
    expect(await made('not-controlled', [owner(false)])).toBe('a bad image');
    expect(await made('by-another', [{ ...owner(true), apiVersion: 'example.com/v1' }])).toBe('a bad image');
    expect(await made('alone', [])).toBe('a bad image');
  });
});
