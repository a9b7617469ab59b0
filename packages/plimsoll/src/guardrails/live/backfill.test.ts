import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { Store } from '../../inventory/store.ts';
import { systemClock } from '../../model/clock.ts';
import type { Observation } from '../../model/observation.ts';
import type { Resource } from '../../model/resource.ts';
import { Evaluator, evaluateResource } from '../evaluate/evaluator.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import type { PolicyPart } from '../policy.ts';
import type { World } from '../world.ts';
import { Backfill } from './backfill.ts';
import { LiveGuardrails } from './live-guardrails.ts';

const PODS = 300;
const rejudge = { source: 'prod', scope: null, guardrails: ['g'] };
const tick = () => new Promise(setImmediate);

function guardrail(name: string, expression: string, selector: object): PolicyPart {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
  const body = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Guardrail',
    metadata: { name },
    spec: { matchConstraints: { resourceRules, ...selector }, validations: [{ expression }] },
  };
  const [part] = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  if (part === undefined) throw new Error('no policy');
  return part;
}

/** A store that takes its time: everything else runs before and after what it does. */
function slow(store: Store): Store {
  const delayed = new Set<string | symbol>(['commit', 'excerpts', 'resource']);
  return new Proxy(store, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== 'function') return found;
      if (!delayed.has(name)) return found.bind(target);
      return async (...asked: unknown[]) => {
        await tick();
        const answer: unknown = await found.apply(target, asked);
        await tick();
        return answer;
      };
    },
  });
}

let version = 0;

const upsert = (parts: Partial<Resource>): Observation => {
  version += 1;
  return { kind: 'upsert', observedAt: 1, resource: resourceWith({ uid: null, version: String(version), ...parts }) };
};
const podOf = (index: number): Partial<Resource> => ({ name: `pod-${index}`, scope: `team-${index % 3}` });
const pod = (index: number, level: number): Observation =>
  upsert({ ...podOf(index), body: { metadata: { name: `pod-${index}` }, spec: { level }, status: 'x'.repeat(index) } });
const namespace = (index: number, strict: string): Observation =>
  upsert({
    type: 'core/namespaces',
    kind: 'Namespace',
    scope: null,
    name: `team-${index}`,
    body: { metadata: { name: `team-${index}`, labels: { strict } } },
  });

const number = fc.integer({ min: 0, max: PODS - 1 });
const level = fc.integer({ min: 0, max: 3 });
const strict = { namespaceSelector: { matchLabels: { strict: 'yes' } } };
/** Something that happens meanwhile, in words for a counterexample. */
interface Step {
  readonly what: string;
  readonly act: (log: ChangeLog, live: LiveGuardrails) => unknown;
}

const changes = fc
  .tuple(number, level)
  .map(([i, to]): Step => ({ what: `pod ${i} gets level ${to}`, act: (log) => log.observe([pod(i, to)]) }));
const deletions = number.map((i): Step => {
  const { source, type, scope, name } = resourceWith(podOf(i));
  const gone: Observation = { kind: 'delete', key: { source, type, scope, name }, uid: null, observedAt: 1 };
  return { what: `pod ${i} goes`, act: (log) => log.observe([gone]) };
});
const namespaces = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('yes', 'no'))
  .map(([i, to]): Step => ({ what: `namespace ${i} is strict: ${to}`, act: (log) => log.observe([namespace(i, to)]) }));
const replacements = fc.tuple(level, fc.constantFrom({}, strict)).map(([least, selector]): Step => {
  const high = guardrail('high', `object.spec.level >= ${least}`, selector);
  const parts = [high, guardrail('even', 'object.spec.level % 2 == 0', strict)];
  const what = `least level ${least} ${JSON.stringify(selector)}`;
  return { what, act: (log, live) => live.replace({ parts, waivers: [] }, log) };
});
const pauses = fc.integer({ min: 1, max: 8 }).map((turns): Step => {
  const act = async () => {
    for (let i = 0; i < turns; i += 1) await tick();
  };
  return { what: `${turns} turns`, act };
});
const step = fc.oneof(
  { weight: 4, arbitrary: changes },
  { weight: 2, arbitrary: deletions },
  { weight: 2, arbitrary: namespaces },
  { weight: 1, arbitrary: replacements },
  { weight: 6, arbitrary: pauses },
);

/** Who fails what, as an evaluation of everything says it. */
async function scanned(store: Store, live: LiveGuardrails): Promise<string[]> {
  const found: string[] = [];
  for await (const resources of store.scan({ type: 'core/pods' }))
    for (const resource of resources)
      for (const { policy, outcome } of evaluateResource(resource, live.all, live.world, false))
        found.push(`${policy.name} ${resource.name} ${outcome}`);
  return found.toSorted();
}

async function open(store: Store): Promise<string[]> {
  const { items } = await store.findings({ state: 'open' }, 10 * PODS);
  return items.map(({ policy, resource, outcome }) => `${policy.name} ${resource.name} ${outcome}`).toSorted();
}

describe('a backfill', () => {
  /** A backfill that has nothing to judge by, on an empty store. */
  function idle(): Backfill {
    const store = openSqliteStore(':memory:');
    const world = { served: () => null } as unknown as World;
    return new Backfill(store, {
      clock: systemClock,
      evaluator: () => new Evaluator([], world),
      glanced: () => undefined,
      standing: () => [],
      judge: () => Promise.resolve([]),
      judged: () => undefined,
    });
  }

  it('ends with what the log fails with, and does not try it for ever', async () => {
    const backfill = idle();
    backfill.add([rejudge], { nextSeq: () => 1, keep: () => undefined, now: 1 });
    backfill.start({ append: () => Promise.reject(new Error('the log has failed')) });
    await expect(backfill.settled()).rejects.toThrow('the log has failed');
  });

  it('saves what is asked for again and again while it goes on once', () => {
    const backfill = idle();
    const saved: string[] = [];
    backfill.start({ append: () => new Promise(() => undefined) });
    for (let i = 0; i < 100; i += 1)
      backfill.add([{ ...rejudge, guardrails: [`g${i % 3}`] }], {
        nextSeq: () => 1,
        keep: (_, text) => saved.push(text),
        now: 1,
      });
    expect(JSON.parse(saved.at(-1) ?? '')).toEqual([
      { source: 'prod', scope: null, guardrails: ['g0'] },
      { source: 'prod', scope: null, guardrails: ['g1', 'g2', 'g0'] },
    ]);
  });

  it('comes to what a scan of everything says, whatever changes while it goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 25 }), async (steps) => {
        const store = slow(openSqliteStore(':memory:'));
        const live = await LiveGuardrails.open(store, { parts: [], waivers: [], kinds: () => null });
        const log = await ChangeLog.open(store, [live]);
        await live.start(log);
        await log.observe([0, 1, 2].map((i) => namespace(i, i === 0 ? 'yes' : 'no')));
        await log.observe(Array.from({ length: PODS }, (_, i) => pod(i, i % 4)));
        await live.replace({ parts: [guardrail('high', 'object.spec.level >= 1', {})], waivers: [] }, log);
        const pending: unknown[] = [];
        for (const [{ act }, isAwaited] of steps) {
          const done = act(log, live);
          if (isAwaited) await done;
          else pending.push(done);
        }
        await Promise.all(pending);
        await live.settled();
        expect(await open(store)).toEqual(await scanned(store, live));
        await live.stop();
        await log.close();
        await store.close();
      }),
      { numRuns: 40 },
    );
  });
});
