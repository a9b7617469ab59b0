import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newestDialect } from '../packages/plimsoll/src/guardrails/evaluate/dialect.ts';
import { Evaluator } from '../packages/plimsoll/src/guardrails/evaluate/evaluator.ts';
import { emptyWorld } from '../packages/plimsoll/src/guardrails/empty-world.ts';
import { readPolicyDocument } from '../packages/plimsoll/src/guardrails/formats/registry.ts';
import { LiveGuardrails } from '../packages/plimsoll/src/guardrails/live/live-guardrails.ts';
import { guardrailsOf } from '../packages/plimsoll/src/guardrails/policy-set.ts';
import type { PolicyPart } from '../packages/plimsoll/src/guardrails/policy.ts';
import { Trial } from '../packages/plimsoll/src/guardrails/trial.ts';
import { ChangeLog } from '../packages/plimsoll/src/inventory/change-log.ts';
import { openSqliteStore } from '../packages/plimsoll/src/inventory/sqlite/sqlite-store.ts';
import type { Store } from '../packages/plimsoll/src/inventory/store.ts';
import type { JsonObject } from '../packages/plimsoll/src/model/json.ts';
import type { Observation } from '../packages/plimsoll/src/model/observation.ts';
import { trialPage } from '../packages/plimsoll/src/server/trial-page.ts';
import { type Bench, type Figure, figure } from './figures.ts';
import { podOf, StoredHistory } from './stored-history.ts';

const PODS = 100_000;
const IN_NAMESPACE = 5_000;
const RUNS = 5;
const JUDGEMENTS = 5_000;

/** What people wait for who write guardrails. */
export const guardrailsBench: Bench = {
  name: 'guardrails',
  about: `an expression tried on ${PODS} pods in the store; 1,000 guardrails of which 10 match; a namespace's label`,
  async run(log) {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
    const store = openSqliteStore(join(folder, 'plimsoll.db'));
    try {
      log(`writing ${PODS} pods`);
      const history = new StoredHistory(store, PODS);
      for (let from = 0; from < PODS; from += 1_000) await history.commit(from, 1_000);
      log('trying');
      const tried = await trying(store);
      log('many guardrails');
      return [...tried, manyGuardrails(), await labelOfNamespace(log)];
    } finally {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Every tenth pod does not hold to the first expression; the second reads all of every pod, and all hold. */
async function trying(store: Store): Promise<readonly Figure[]> {
  const narrow: Waited[] = [];
  const whole: Waited[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    narrow.push(await tried(store, "object.spec.containers.all(c, c.image.contains('registry'))"));
    whole.push(await tried(store, 'object != dyn(null)'));
  }
  return [
    figure(
      'try, first answer, ms',
      'lower',
      narrow.map(({ first }) => first),
      100,
    ),
    figure(
      'try, all where the paths read are extracted, ms',
      'lower',
      narrow.map(({ all }) => all),
      1_500,
    ),
    figure(
      'try, all with whole bodies, ms',
      'lower',
      whole.map(({ all }) => all),
      4_000,
    ),
  ];
}

interface Waited {
  readonly first: number;
  readonly all: number;
}

async function tried(store: Store, expression: string): Promise<Waited> {
  const type = 'core/pods';
  const began = performance.now();
  const trial = new Trial(expression, type, emptyWorld);
  let first: number | null = null;
  for (let pageToken: string | null | undefined; pageToken !== null;) {
    const asked = { expression, type, limit: 1_000, ...(pageToken === undefined ? {} : { pageToken }) };
    const page = await trialPage(trial, store, { type }, asked);
    first ??= performance.now() - began;
    pageToken = page.nextPageToken;
  }
  return { first: first ?? Infinity, all: performance.now() - began };
}

/** The same ten guardrails match, alone and among a thousand, each bound ten times. */
function manyGuardrails(): Figure {
  const resource = podOf(1, 0);
  const few = evaluatorOf(0);
  const many = evaluatorOf(990);
  const ratios: number[] = [];
  for (let run = -1; run < RUNS; run += 1) {
    const ratio = judging(many) / judging(few);
    if (run >= 0) ratios.push(ratio);
  }
  return figure('1,000 guardrails × 10 bindings / the 10 that match, one changed object', 'lower', ratios, 2);

  function judging(evaluator: Evaluator): number {
    const began = performance.now();
    const sink = { pass: () => undefined, verdict: () => undefined };
    for (let i = 0; i < JUDGEMENTS; i += 1) evaluator.evaluate(resource, sink);
    return performance.now() - began;
  }
}

function evaluatorOf(others: number): Evaluator {
  const parts = [
    ...Array.from({ length: 10 }, (_, index) => bound(`pods-${index}`, 'pods')),
    ...Array.from({ length: others }, (_, index) => bound(`services-${index}`, 'services')),
  ].flat();
  return new Evaluator(guardrailsOf(parts, () => newestDialect).guardrails, emptyWorld);
}

const admission = 'admissionregistration.k8s.io/v1';

function bound(name: string, resource: string): PolicyPart[] {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource] }];
  const validations = [{ expression: `object.metadata.name != '${name}'` }];
  const policy = {
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { matchConstraints: { resourceRules }, validations },
  };
  const bindings = Array.from({ length: 10 }, (_, index) => ({
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${name}-${index}` },
    spec: { policyName: name, validationActions: ['Audit'] },
  }));
  return [policy, ...bindings].flatMap((body) => read({ apiVersion: admission, ...body }));
}

function read(body: JsonObject): readonly PolicyPart[] {
  return readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
}

/** From the change of a label until every pod in the namespace has been judged again, half of them with a finding. */
async function labelOfNamespace(log: (line: string) => void): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  const store = openSqliteStore(join(folder, 'plimsoll.db'));
  const spec = {
    matchConstraints: {
      namespaceSelector: { matchLabels: { held: 'yes' } },
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    validations: [{ expression: "!object.metadata.name.endsWith('7')" }],
  };
  const parts = read({ apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name: 'held' }, spec });
  const live = await LiveGuardrails.open(store, { parts, waivers: [], kinds: () => null });
  const logOfAll = await ChangeLog.open(store, [live]);
  try {
    await live.start(logOfAll);
    log(`a namespace of ${IN_NAMESPACE} pods`);
    const pods = Array.from({ length: IN_NAMESPACE }, (_, index): Observation => {
      const pod = { ...podOf(index, 0), scope: 'big' };
      return { kind: 'upsert', resource: pod, observedAt: Date.now() };
    });
    await logOfAll.observe([namespaced('no'), ...pods]);
    await live.settled();
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const began = performance.now();
      await logOfAll.observe([namespaced(run % 2 === 0 ? 'yes' : 'no')]);
      await live.settled();
      times.push(performance.now() - began);
    }
    return figure(`a label that ${IN_NAMESPACE} pods depend on, ms`, 'lower', times, 500);
  } finally {
    await live.stop();
    await logOfAll.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function namespaced(held: string): Observation {
  const name = 'big';
  const { source, place, unseen } = podOf(0, 0);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { held } } };
  const resource = {
    source,
    type: 'core/namespaces',
    scope: null,
    name,
    apiVersion: 'v1',
    kind: 'Namespace',
    uid: name,
    version: held,
    body,
    unseen,
    place,
  };
  return { kind: 'upsert', resource, observedAt: Date.now() };
}
