import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../inventory/store.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Verdict } from '../../model/verdict.ts';
import { Evaluator } from '../evaluate/evaluator.ts';
import type { Guardrail } from '../policy-set.ts';
import { type Event, type Told, ToldStore, guardrailsNamed, liveWorldOf, storeAsOf } from './history.fixture.ts';
import { Replay, type Span } from './replay.ts';

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function told(story: readonly Told[]): Promise<Store> {
  const teller = new ToldStore();
  stores.push(teller.store);
  for (const transaction of story) await teller.tell(transaction);
  return teller.store;
}

const rules = (group: string, ...resources: string[]) => ({
  resourceRules: [{ apiGroups: [group], apiVersions: ['*'], operations: ['CREATE'], resources }],
});
const parametrised: readonly JsonObject[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'by-param' },
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: rules('', 'pods'),
      validations: [{ expression: 'object.metadata.labels.v != params.metadata.labels.v' }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'by-param' },
    spec: {
      policyName: 'by-param',
      paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' },
      validationActions: ['Deny'],
    },
  },
];
const specs = {
  'own-fields': {
    matchConstraints: rules('', 'pods'),
    validations: [
      { expression: "object.metadata.labels.v != 'bad'", messageExpression: "'is ' + object.metadata.labels.v" },
    ],
  },
  'by-namespace': {
    matchConstraints: { ...rules('', 'pods'), namespaceSelector: { matchLabels: { v: 'bad' } } },
    validations: [{ expression: 'false' }],
  },
  'of-namespace': {
    matchConstraints: rules('', 'pods'),
    validations: [{ expression: "namespaceObject.metadata.labels.v != 'good'" }],
  },
  'looks-beside': {
    matchConstraints: rules('', 'pods'),
    lookups: [{ name: 'services', type: 'core/services', sameNamespace: true }],
    validations: [{ expression: "lookups.services.exists(s, s.metadata.labels.v == 'good')" }],
  },
  'looks-everywhere': {
    matchConstraints: rules('', 'namespaces'),
    lookups: [{ name: 'pods', type: 'core/pods' }],
    validations: [
      {
        expression:
          "!lookups.pods.exists(p, p.metadata.namespace == object.metadata.name && p.metadata.labels.v == 'bad')",
      },
    ],
  },
  'of-templates': {
    appliesTo: 'podTemplates',
    validations: [{ expression: "object.metadata.labels.v != 'bad'" }],
  },
  desired: { desired: { apiVersion: 'v1', kind: 'Service', metadata: { labels: { v: 'good' } } } },
};
const guardrails = guardrailsNamed(specs, parametrised);

const words = ['good', 'bad', 'other'] as const;
const named =
  (kind: string, name: string, namespace: string | null) =>
  (v: string): JsonObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, ...(namespace === null ? {} : { namespace }), labels: { v } },
  });
const template =
  (kind: string, name: string, owner: string | null) =>
  (v: string): JsonObject => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: {
      name,
      namespace: 'shop',
      ...(owner === null
        ? {}
        : { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: owner, controller: true }] }),
    },
    spec: { template: { metadata: { labels: { v } }, spec: { containers: [] } } },
  });
const objects = [
  named('Namespace', 'shop', null),
  named('Namespace', 'test', null),
  named('Pod', 'a', 'shop'),
  named('Pod', 'b', 'shop'),
  named('Pod', 'a', 'test'),
  named('ConfigMap', 'limits', 'shop'),
  named('Service', 's', 'shop'),
  named('Service', 's', 'test'),
  template('Deployment', 'web', null),
  template('ReplicaSet', 'web-1', 'web'),
];

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...objects), fc.constantFrom(...words))
      .map(([object, v]) => ({ object: object(v) })),
  },
  { weight: 2, arbitrary: fc.constantFrom(...objects).map((object) => ({ gone: object('good') })) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('core/services', 'core/pods', 'core/namespaces', 'core/configmaps'),
      state: fc.constantFrom('live' as const, 'forbidden' as const, 'stale' as const),
    }),
  },
);
const begin: Told = {
  at: 1000,
  events: [
    ...['core/pods', 'core/services', 'core/namespaces', 'core/configmaps'].map((type) => ({
      type,
      state: 'live' as const,
    })),
    ...objects.map((object) => ({ object: object('good') })),
  ],
};
const story = fc
  .array(fc.array(event, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 })
  .map((all) => [begin, ...all.map((events, index): Told => ({ at: 2000 + index * 1000, events }))]);

const saying = ({ policy, resource, outcome, violations }: Verdict): string =>
  [
    [resource.type, resource.scope ?? '', resource.name].join('/'),
    policy.name,
    outcome,
    ...violations.map(({ message, paths }) => `${message} at ${paths.join()}`),
  ].join(': ');

/** What a full scan of a time says, by a server that never knew another one. */
async function truthAt(store: Store, at: number): Promise<string[]> {
  const then = await storeAsOf(store, at);
  const evaluator = new Evaluator(guardrails, await liveWorldOf(then, guardrails));
  const said: string[] = [];
  for await (const resources of then.scan({}))
    for (const resource of resources)
      evaluator.evaluate(resource, {
        pass: () => undefined,
        verdict: (verdict) => void (verdict.outcome === 'skip' ? undefined : said.push(saying(verdict))),
      });
  await then.close();
  return said.toSorted();
}

async function replayed(store: Store, since: number, all: readonly Guardrail[] = guardrails): Promise<readonly Span[]> {
  const now = await liveWorldOf(store, all);
  const replay = await Replay.open(all, store, { since, until: store.headSeq, now });
  const spans: Span[] = [];
  for (const judged of replay.judged)
    for (const one of (await store.storiesSince(judged, since, 1000)).items) spans.push(...replay.spansOf(one));
  return spans;
}

const standsAt =
  (at: number) =>
  ({ from, until }: Span) =>
    (from ?? 0) <= at && (until === null || at < until);

describe('a replay', () => {
  test('given any history, then at each time it says what a full scan of that time says', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.integer({ min: 1000, max: 4000 }), async (transactions, since) => {
        const store = await told(transactions);
        const spans = await replayed(store, since);
        const { moments } = await store.timelineSince(since);
        for (const at of [since, ...moments.slice(1).map((moment) => moment.at)]) {
          const said = spans.filter(standsAt(at)).map(({ verdict }) => saying(verdict));
          expect([at, ...said.toSorted()]).toEqual([at, ...(await truthAt(store, at))]);
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  const pod = named('Pod', 'a', 'shop');
  const shop = named('Namespace', 'shop', null);
  const shown = (spans: readonly Span[]) =>
    spans.map(({ verdict, from, until, cause }) => [saying(verdict), from, until, cause === null ? 'other' : 'own']);
  const only = (name: string) => guardrails.filter(({ policy }) => policy.reference.name === name);

  test('given a resource that was bad for a while, then from when until when', async () => {
    const store = await told([
      { at: 1000, events: [{ object: pod('good') }] },
      { at: 2000, events: [{ object: pod('bad') }] },
      { at: 3000, events: [{ object: pod('other') }] },
      { at: 4000, events: [{ object: pod('bad') }] },
      { at: 5000, events: [{ gone: pod('bad') }] },
    ]);
    const said = 'core/pods/shop/a: own-fields: fail: is bad at metadata.labels.v';
    expect(shown(await replayed(store, 1500, only('own-fields')))).toEqual([
      [said, 2000, 3000, 'own'],
      [said, 4000, 5000, 'own'],
    ]);
    expect(shown(await replayed(store, 4500, only('own-fields')))).toEqual([[said, null, 5000, 'own']]);
  });

  test('given a namespace that changed, then what is in it is judged by what it was then', async () => {
    const store = await told([
      { at: 1000, events: [{ object: shop('good') }, { object: pod('good') }] },
      { at: 2000, events: [{ object: shop('bad') }] },
      { at: 3000, events: [{ object: shop('good') }] },
    ]);
    expect(shown(await replayed(store, 1000, only('by-namespace')))).toEqual([
      ['core/pods/shop/a: by-namespace: fail: failed expression: false at ', 2000, 3000, 'other'],
    ]);
  });

  test('given states that were superseded within their transaction, then nobody could see them', async () => {
    const store = await told([{ at: 1000, events: [{ object: pod('bad') }, { object: pod('good') }] }]);
    expect(await replayed(store, 1000, only('own-fields'))).toEqual([]);
  });

  test('given a list that could not be seen for a while, then that is unknown, and said', async () => {
    const store = await told([
      begin,
      { at: 2000, events: [{ type: 'core/services', state: 'forbidden' }] },
      { at: 3000, events: [{ type: 'core/services', state: 'live' }] },
    ]);
    const all = only('looks-beside');
    expect(shown(await replayed(store, 1000, all))).toEqual([
      ['core/pods/shop/a: looks-beside: unknown', 2000, 3000, 'other'],
      ['core/pods/shop/b: looks-beside: unknown', 2000, 3000, 'other'],
      ['core/pods/test/a: looks-beside: unknown', 2000, 3000, 'other'],
    ]);
    const replay = await Replay.open(all, store, {
      since: 1000,
      until: store.headSeq,
      now: await liveWorldOf(store, all),
    });
    expect(replay.gaps).toMatchObject([
      { coverage: { type: 'core/services', state: 'forbidden' }, from: 2000, until: 3000 },
    ]);
  });

  test('given an end, then nothing of what came after it', async () => {
    const store = await told([
      { at: 1000, events: [{ object: pod('good') }] },
      { at: 2000, events: [{ object: pod('bad') }] },
    ]);
    const all = only('own-fields');
    const replay = await Replay.open(all, store, { since: 1000, until: 1, now: await liveWorldOf(store, all) });
    const [one] = (await store.storiesSince({ type: 'core/pods', source: 'prod' }, 1000, 10)).items;
    expect(one === undefined ? null : replay.spansOf(one)).toEqual([]);
  });
});
