import { afterEach, describe, expect, it, vi } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { LogEvent, Store } from '../../inventory/store.ts';
import { systemClock } from '../../model/clock.ts';
import type { Finding } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Observation } from '../../model/observation.ts';
import type { Resource } from '../../model/resource.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import type { PolicyPart } from '../policy.ts';
import { waiverOf } from '../waiver.fixture.ts';
import { LiveGuardrails, type LiveOptions } from './live-guardrails.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

interface Running {
  readonly log: ChangeLog;
  readonly live: LiveGuardrails;
  readonly events: LogEvent[];
  stop(): Promise<void>;
}

let closing: (() => Promise<void>)[] = [];
let begun: LiveGuardrails[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
  begun = [];
});

function part(body: JsonObject): PolicyPart {
  const [read] = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  if (read === undefined) throw new Error('no policy');
  return read;
}

function guardrail(name: string, expression: string, spec: JsonObject = {}): PolicyPart {
  const matchConstraints = {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  };
  return part({
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Guardrail',
    metadata: { name },
    spec: { matchConstraints, validations: [{ expression, message: name }], ...spec },
  });
}

function newStore(): Store {
  const store = openSqliteStore(':memory:');
  closing.push(() => store.close());
  return store;
}

const at = (now: () => number) => ({ ...systemClock, now });

async function start(store: Store, options: Partial<LiveOptions>): Promise<Running> {
  const live = await LiveGuardrails.open(store, {
    parts: [],
    waivers: [],
    kinds: (_, kind) => (kind === 'ConfigMap' ? { type: 'core/configmaps', namespaced: true } : null),
    clock: at(() => NOW),
    ...options,
  });
  const log = await ChangeLog.open(
    store,
    [live],
    at(() => NOW),
  );
  const events: LogEvent[] = [];
  log.subscribe((more) => events.push(...more));
  await live.start(log);
  begun.push(live);
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await live.stop();
    await log.close();
  };
  closing.push(stop);
  return { log, live, events, stop };
}

let versions = 0;

function object(parts: Partial<Resource>, body: JsonObject): Observation {
  versions += 1;
  return {
    kind: 'upsert',
    observedAt: NOW,
    resource: resourceWith({ uid: null, version: String(versions), body, ...parts }),
  };
}

const pod = (name: string, body: JsonObject = {}, scope = 'shop'): Observation =>
  object({ name, scope }, { metadata: { name, namespace: scope }, ...body });
const namespace = (name: string, labels: JsonObject): Observation =>
  object({ type: 'core/namespaces', kind: 'Namespace', scope: null, name }, { metadata: { name, labels } });
const gone = (of: Observation): Observation => {
  if (of.kind !== 'upsert') throw new Error('no upsert');
  return { kind: 'delete', key: of.resource, uid: null, observedAt: NOW };
};
const live = (type: string): Observation => ({
  kind: 'coverage',
  coverage: { source: 'prod', type, scope: null, state: 'live', since: NOW, lastComplete: NOW, reason: null },
});

const fact = (name: string, value: Json): Observation => ({
  kind: 'fact',
  source: 'prod',
  name,
  value,
  observedAt: NOW,
});
const version = (minor: string): Observation => fact('version', { major: '1', minor });
/** The group `shop` serves one resource in these versions, held in the first. */
const serves = (resource: string, ...all: readonly string[]): Observation =>
  fact('served', {
    types: [
      {
        type: `shop/${resource}`,
        group: 'shop',
        resource,
        singular: resource,
        kind: 'Toy',
        namespaced: true,
        shortNames: [],
        versions: all.map((one) => ({ version: one, kind: 'Toy', verbs: ['list'], subresources: [] })),
        heldVersion: all[0] ?? null,
        heldAs: null,
      },
    ],
    stale: [],
  });

/** What is open once the backfill has come to rest: `guardrail name outcome`. */
async function open(store: Store): Promise<string[]> {
  let last = '';
  for (let quiet = 0; quiet < 3;) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    for (const guardrails of begun) await guardrails.settled();
    const { items } = await store.findings({ state: 'open' }, 1000);
    const now = items
      .map(({ policy, resource, outcome }) => `${policy.name} ${resource.name} ${outcome}`)
      .toSorted()
      .join('\n');
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
  return last === '' ? [] : last.split('\n');
}

const findings = (events: readonly LogEvent[]): Finding[] =>
  events.flatMap((event) => (event.kind === 'finding' ? [event.finding] : []));

const skipped = ({ live }: Running) => live.all.map((one) => live.skippedBy(one));

describe('LiveGuardrails', () => {
  it('judges a change in its own transaction', async () => {
    const { log, events } = await start(newStore(), { parts: [guardrail('never', 'false')] });
    await log.observe([pod('web')]);
    expect(events.map(({ kind }) => kind)).toEqual(['change', 'finding']);
    await log.observe([gone(pod('web'))]);
    expect(findings(events).at(-1)).toMatchObject({ state: 'resolved', resolution: 'resource deleted' });
  });

  it('judges again what a namespace’s labels decide, and nothing else', async () => {
    const store = newStore();
    const selecting = guardrail('strict', 'false', {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        namespaceSelector: { matchLabels: { level: 'strict' } },
      },
    });
    const { log, events } = await start(store, {
      parts: [selecting, guardrail('reads', "namespaceObject.metadata.labels.?owner.orValue('') != ''")],
    });
    await log.observe([live('core/namespaces'), namespace('shop', { owner: 'a' }), namespace('bank', { owner: 'b' })]);
    await log.observe([pod('web'), pod('vault', {}, 'bank')]);
    expect(await open(store)).toEqual([]);
    await log.observe([namespace('shop', { owner: 'a', level: 'strict' })]);
    expect(await open(store)).toEqual(['strict web fail']);
    await log.observe([namespace('shop', { level: 'strict' })]);
    expect(await open(store)).toEqual(['reads web fail', 'strict web fail']);
    await log.observe([namespace('shop', { owner: 'a' })]);
    expect(await open(store)).toEqual([]);
    expect(findings(events).filter(({ resource }) => resource.name === 'vault')).toEqual([]);
  });

  it('judges again what rules match once a source serves another version of its type', async () => {
    const store = newStore();
    const matchConstraints = {
      resourceRules: [{ apiGroups: ['shop'], apiVersions: ['v1beta1'], operations: ['CREATE'], resources: ['toys'] }],
    };
    const { log } = await start(store, { parts: [guardrail('beta', 'true', { matchConstraints })] });
    await log.observe([serves('toys', 'v1')]);
    await log.observe([object({ type: 'shop/toys', apiVersion: 'shop/v1', kind: 'Toy', name: 'car' }, {})]);
    expect(await open(store)).toEqual([]);
    await log.observe([serves('toys', 'v1', 'v1beta1')]);
    // It was not asked for in that version yet.
    expect(await open(store)).toEqual(['beta car unknown']);
    await log.observe([serves('toys', 'v1')]);
    expect(await open(store)).toEqual([]);
  });

  it('reads a cluster’s own policies anew once the cluster is another version', async () => {
    const store = newStore();
    const { log, live: guardrails } = await start(store, {});
    const policyType = 'admissionregistration.k8s.io/validatingadmissionpolicies';
    const body = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'addresses' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        validations: [{ expression: 'isIP(object.spec.address)' }],
      },
    };
    await log.observe([version('27')]);
    await log.observe([object({ type: policyType, scope: null, name: 'addresses', ...body }, body)]);
    const problems = () => guardrails.all.flatMap((one) => one.problems.map(({ message }) => message));
    expect(problems()).toEqual([expect.stringContaining('isIP')]);
    await log.observe([version('31')]);
    expect(problems()).toEqual([expect.stringContaining('has no binding')]);
  });

  it('judges nothing again after a restart with the same guardrails', async () => {
    const store = newStore();
    const first = await start(store, { parts: [guardrail('never', 'false')] });
    await first.log.observe([pod('web'), pod('db')]);
    await open(store);
    await first.stop();
    const second = await start(store, { parts: [guardrail('never', 'false')] });
    expect(await open(store)).toEqual(['never db fail', 'never web fail']);
    expect(second.events).toEqual([]);
  });

  it('holds what is stored against a new guardrail, judges a changed one again, and ends a removed one', async () => {
    const store = newStore();
    const first = await start(store, { parts: [] });
    await first.log.observe(Array.from({ length: 250 }, (_, i) => pod(`pod-${i}`)));
    await first.stop();
    const second = await start(store, { parts: [guardrail('odd', "object.metadata.name.matches('[13579]$')")] });
    expect((await open(store)).length).toBe(125);
    await second.stop();
    const third = await start(store, { parts: [guardrail('odd', "object.metadata.name != 'pod-7'")] });
    expect(await open(store)).toEqual(['odd pod-7 fail']);
    await third.stop();
    const fourth = await start(store, { parts: [] });
    expect(await open(store)).toEqual([]);
    expect(findings(fourth.events)).toMatchObject([{ state: 'resolved', resolution: 'guardrail removed' }]);
  });

  it('takes policies and bindings from the watched cluster, for that cluster alone', async () => {
    const store = newStore();
    const { log } = await start(store, {});
    const group = 'admissionregistration.k8s.io';
    const policy = object(
      {
        type: `${group}/validatingadmissionpolicies`,
        apiVersion: `${group}/v1`,
        kind: 'ValidatingAdmissionPolicy',
        scope: null,
        name: 'no-web',
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'no-web' },
        spec: {
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
          validations: [{ expression: "object.metadata.name != 'web'" }],
        },
      },
    );
    const binding = object(
      {
        type: `${group}/validatingadmissionpolicybindings`,
        apiVersion: `${group}/v1`,
        kind: 'ValidatingAdmissionPolicyBinding',
        scope: null,
        name: 'everywhere',
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'everywhere' },
        spec: { policyName: 'no-web', validationActions: ['Deny'] },
      },
    );
    const held = vi.spyOn(store, 'excerpts');
    await log.observe([
      pod('web'),
      object({ source: 'other', name: 'web', scope: 'shop' }, { metadata: { name: 'web' } }),
      policy,
    ]);
    expect(await open(store)).toEqual([]);
    // Nothing is held against what is stored before a binding says that the policy judges at all.
    expect(held.mock.calls).toEqual([]);
    await log.observe([binding]);
    expect(await open(store)).toEqual(['no-web web fail']);
    expect(held.mock.calls.map(([filter]) => filter)).toEqual([{ source: 'prod', type: 'core/pods' }]);
    await log.observe([gone(binding)]);
    expect(await open(store)).toEqual([]);
  });

  it('judges again what looks up a list once that can be read, be it empty, and once it no longer can', async () => {
    const store = newStore();
    const lookups = [{ name: 'quotas', type: 'core/resourcequotas', sameNamespace: true }];
    const { log } = await start(store, { parts: [guardrail('quota', 'size(lookups.quotas) > 0', { lookups })] });
    await log.observe([pod('web')]);
    expect(await open(store)).toEqual(['quota web unknown']);
    await log.observe([live('core/resourcequotas')]);
    expect(await open(store)).toEqual(['quota web fail']);
    const { coverage } = live('core/resourcequotas') as Extract<Observation, { kind: 'coverage' }>;
    await log.observe([{ kind: 'coverage', coverage: { ...coverage, state: 'forbidden', reason: 'no' } }]);
    expect(await open(store)).toEqual(['quota web unknown']);
  });

  it('judges nothing again where a looked-up resource changes in what no guardrail reads of it', async () => {
    const store = newStore();
    const lookups = [{ name: 'quotas', type: 'core/resourcequotas', sameNamespace: true }];
    const expression = "lookups.quotas.exists(q, q.metadata.labels.tier == 'x')";
    const { log, live: guardrails } = await start(store, { parts: [guardrail('quota', expression, { lookups })] });
    const quota = (labels: JsonObject, status: string): Observation =>
      object({ type: 'core/resourcequotas', name: 'q' }, { metadata: { name: 'q', labels }, status });
    await log.observe([live('core/resourcequotas'), pod('web'), quota({ tier: 'y' }, 'first')]);
    expect(await open(store)).toEqual(['quota web fail']);
    const before = new Map(guardrails.evaluated);
    await log.observe([quota({ tier: 'y' }, 'second')]);
    await guardrails.settled();
    expect(new Map(guardrails.evaluated)).toEqual(before);
    await log.observe([quota({ tier: 'x' }, 'second')]);
    expect(await open(store)).toEqual([]);
  });

  it('judges a Namespace again where what it looks up in itself changes', async () => {
    const store = newStore();
    const lookups = [{ name: 'quotas', type: 'core/resourcequotas', sameNamespace: true }];
    const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['namespaces'] }];
    const { log } = await start(store, {
      parts: [guardrail('quota', 'size(lookups.quotas) > 0', { lookups, matchConstraints: { resourceRules } })],
    });
    const quota = (scope: string): Observation =>
      object(
        { type: 'core/resourcequotas', apiVersion: 'v1', kind: 'ResourceQuota', name: 'all', scope },
        { metadata: { name: 'all', namespace: scope } },
      );
    await log.observe([live('core/resourcequotas'), namespace('shop', {}), namespace('bank', {}), quota('bank')]);
    expect(await open(store)).toEqual(['quota shop fail']);
    await log.observe([quota('shop')]);
    expect(await open(store)).toEqual([]);
  });

  it('says which lists a finding rests on, and judges again what changed in them while they were not seen', async () => {
    const store = newStore();
    const lookups = [
      { name: 'quotas', type: 'core/resourcequotas', sameNamespace: true },
      { name: 'classes', type: 'scheduling.k8s.io/priorityclasses', sameNamespace: false },
    ];
    const { log, live: guardrails } = await start(store, {
      parts: [guardrail('quota', 'size(lookups.quotas) > 0 && size(lookups.classes) >= 0', { lookups })],
    });
    const quota = object({ type: 'core/resourcequotas', name: 'q' }, { metadata: { name: 'q', namespace: 'shop' } });
    await log.observe([live('core/resourcequotas'), live('scheduling.k8s.io/priorityclasses'), pod('web')]);
    expect(await open(store)).toEqual(['quota web fail']);
    const [found] = (await store.findings({ state: 'open' }, 1)).items as [Finding];
    expect(guardrails.listsBehind(found)).toEqual([
      { source: 'prod', type: 'core/resourcequotas', scope: 'shop' },
      { source: 'prod', type: 'scheduling.k8s.io/priorityclasses', scope: null },
    ]);
    const { coverage } = live('core/resourcequotas') as Extract<Observation, { kind: 'coverage' }>;
    await log.observe([{ kind: 'coverage', coverage: { ...coverage, state: 'stale', reason: 'PLM1404: cut' } }]);
    expect(await open(store)).toEqual(['quota web fail']);
    await log.observe([quota, live('core/resourcequotas')]);
    expect(await open(store)).toEqual([]);
    expect(guardrails.listsBehind({ ...found, policy: { ...found.policy, name: 'gone' } })).toEqual([]);
  });

  it('finds a param that comes in one batch with the policy that reads it', async () => {
    const group = 'admissionregistration.k8s.io';
    const admission = (plural: string, kind: string, spec: JsonObject): Observation =>
      object(
        { type: `${group}/${plural}`, apiVersion: `${group}/v1`, kind, scope: null, name: 'limits' },
        { apiVersion: `${group}/v1`, kind, metadata: { name: 'limits' }, spec },
      );
    const policy = admission('validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
      paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' },
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: 'object.metadata.name == params.allowed' }],
    });
    const binding = admission('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
      policyName: 'limits',
      validationActions: ['Deny'],
      paramRef: { name: 'one', parameterNotFoundAction: 'Deny' },
    });
    const limit = object(
      { type: 'example.com/limits', apiVersion: 'example.com/v1', kind: 'Limit', name: 'one', scope: 'shop' },
      { metadata: { name: 'one', namespace: 'shop' }, allowed: 'web' },
    );
    const store = newStore();
    const { log } = await start(store, { kinds: () => ({ type: 'example.com/limits', namespaced: true }) });
    await log.observe([live('example.com/limits'), pod('web'), pod('db'), limit, policy, binding]);
    expect(await open(store)).toEqual(['limits db fail']);
  });

  it('judges again where a param changes', async () => {
    const store = newStore();
    const parts = [
      part({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'allowed' },
        spec: {
          paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
          validations: [{ expression: 'object.metadata.name == params.data.name' }],
        },
      }),
      part({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'allowed' },
        spec: {
          policyName: 'allowed',
          validationActions: ['Deny'],
          paramRef: { name: 'names', parameterNotFoundAction: 'Deny' },
        },
      }),
    ];
    const { log } = await start(store, { parts });
    const names = (name: string): Observation =>
      object({ type: 'core/configmaps', kind: 'ConfigMap', name: 'names', scope: 'shop' }, { data: { name } });
    await log.observe([live('core/configmaps'), names('web')]);
    await log.observe([pod('web'), pod('db')]);
    expect(await open(store)).toEqual(['allowed db fail']);
    await log.observe([names('db')]);
    expect(await open(store)).toEqual(['allowed web fail']);
    await log.observe([gone(names('db'))]);
    expect(await open(store)).toEqual(['allowed db error', 'allowed web error']);
  });

  it('leaves a template to its owner, whichever of them comes first', async () => {
    const store = newStore();
    const { log } = await start(store, {
      parts: [guardrail('templates', 'false', { matchConstraints: undefined as never, appliesTo: 'podTemplates' })],
    });
    const template = { spec: { template: { spec: { containers: [] } } } };
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true, uid: 'd' };
    const replicaSet = object(
      { type: 'apps/replicasets', apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1' },
      { metadata: { name: 'web-1', ownerReferences: [owner] }, ...template },
    );
    const deployment = object(
      { type: 'apps/deployments', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      { metadata: { name: 'web' }, ...template },
    );
    await log.observe([replicaSet]);
    expect(await open(store)).toEqual(['templates web-1 fail']);
    await log.observe([deployment]);
    expect(await open(store)).toEqual(['templates web fail']);
    await log.observe([gone(deployment)]);
    expect(await open(store)).toEqual(['templates web-1 fail']);
  });

  it('shows what a waiver covers as waived, and as failing from the moment it ends', async () => {
    const store = newStore();
    let now = NOW;
    const { log } = await start(store, {
      parts: [guardrail('never', 'false')],
      waivers: [waiverOf('w', { guardrails: ['never'], expires: new Date(NOW + 150).toISOString() })],
      clock: at(() => now),
    });
    await log.observe([pod('web')]);
    expect(await open(store)).toEqual(['never web waived']);
    const [waived] = (await store.findings({ state: 'open' }, 1)).items;
    expect(waived?.reason).toBe(`because (waiver w, until ${new Date(NOW + 150).toISOString()})`);
    now = NOW + 200;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await open(store)).toEqual(['never web fail']);
  });

  it('counts what a guardrail of failurePolicy Ignore fails on, which gives no finding', async () => {
    const store = newStore();
    const parts = [guardrail('lenient', "object.metadata.labels.team == 'a'", { failurePolicy: 'Ignore' })];
    const first = await start(store, { parts });
    await first.log.observe([pod('web'), pod('db'), pod('ok', { metadata: { name: 'ok', labels: { team: 'a' } } })]);
    expect(await open(store)).toEqual([]);
    expect(skipped(first)).toEqual([{ resources: 2, reason: expect.stringContaining('no such key: labels') }]);
    await first.log.observe([gone(pod('db'))]);
    expect(skipped(first)).toMatchObject([{ resources: 1 }]);
    await first.stop();

    const reading = await LiveGuardrails.open(store, { parts, waivers: [], kinds: () => null });
    expect(reading.all.map((one) => reading.skippedBy(one))).toMatchObject([{ resources: 1 }]);

    const second = await start(store, { parts });
    await open(store);
    expect(skipped(second)).toMatchObject([{ resources: 1 }]);
    expect(second.events).toEqual([]);
    await second.log.observe([pod('web', { metadata: { name: 'web', labels: { team: 'a' } } })]);
    expect(skipped(second)).toEqual([null]);
  });

  it('judges nothing anew after a restart where the first start found an empty store', async () => {
    const store = newStore();
    const parts = [guardrail('never', 'false')];
    const first = await start(store, { parts });
    await first.log.observe([pod('web')]);
    expect(await open(store)).toEqual(['never web fail']);
    await first.stop();
    const held = vi.spyOn(store, 'excerpts');
    const second = await start(store, { parts });
    await second.log.observe([pod('db')]);
    expect(await open(store)).toEqual(['never db fail', 'never web fail']);
    expect(held.mock.calls).toEqual([]);
  });

  it('goes on with a backfill that a stop cut off', async () => {
    const store = newStore();
    const first = await start(store, { parts: [] });
    await first.log.observe(Array.from({ length: 500 }, (_, i) => pod(`pod-${i}`)));
    await first.stop();
    const second = await start(store, { parts: [guardrail('never', 'false')] });
    await second.stop();
    expect((await store.findings({ state: 'open' }, 1000)).items.length).toBeLessThan(500);
    await start(store, { parts: [guardrail('never', 'false')] });
    expect((await open(store)).length).toBe(500);
  });
});
