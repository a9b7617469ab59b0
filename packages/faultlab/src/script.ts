import type { Fault, RequestMatch } from '@plimsoll/testcluster';
import fc from 'fast-check';
import type { Word, Written } from './objects.ts';

/** What happens in a schedule. Times are milliseconds of virtual time. */
export type Step =
  | { readonly do: 'write' | 'remove'; readonly what: Written }
  | { readonly do: 'wait'; readonly ms: number }
  /** The next requests that match go wrong. */
  | { readonly do: 'fault'; readonly match: RequestMatch; readonly fault: Fault; readonly times: number }
  /** Nothing is heard of the server for a time. */
  | { readonly do: 'outage'; readonly outage: 'refused' | 'lost'; readonly ms: number }
  | { readonly do: 'end connections'; readonly how: 'broken' | 'in order' | 'lost' }
  | { readonly do: 'compact' }
  /** Another cluster stands at the address. */
  | { readonly do: 'replace'; readonly how: 'broken' | 'in order' | 'lost' }
  /** A backup is made; it is restored after so many writes, once. */
  | { readonly do: 'restore'; readonly writes: readonly Written[]; readonly how: 'broken' | 'in order' | 'lost' }
  | { readonly do: 'forbid' | 'allow'; readonly word: Word }
  | { readonly do: 'rotate token' }
  /** kill -9, now or at a commit to come, and another start. */
  | { readonly do: 'kill'; readonly at: KillPoint; readonly commits: number; readonly down: number }
  | { readonly do: 'restart'; readonly down: number }
  | { readonly do: 'full disk'; readonly ms: number }
  | { readonly do: 'failing sync'; readonly times: number }
  /** The machine's clock is set. */
  | { readonly do: 'jump'; readonly ms: number }
  /** The machine sleeps; so much is written meanwhile. */
  | { readonly do: 'sleep'; readonly ms: number; readonly writes: readonly Written[] };

/** Where a process dies: at once, or before a commit is written, before it is durable, or before it is acknowledged. */
export type KillPoint = 'now' | 'before write' | 'before sync' | 'after sync';

/** A whole schedule: what the server is, what happens, and what decides all chance. */
export interface Schedule {
  readonly seed: number;
  readonly minor: 36 | 24 | 15;
  readonly pageLimit: 2 | 500;
  readonly steps: readonly Step[];
}

const words: readonly Word[] = [
  'pod',
  'pod',
  'pod',
  'map',
  'namespace',
  'secret',
  'deployment',
  'replicaset',
  'policy',
  'binding',
  'definition',
  'widget',
  'limit',
];

const written: fc.Arbitrary<Written> = fc.record({
  word: fc.constantFrom(...words),
  namespace: fc.constantFrom('shop', 'farm'),
  name: fc.constantFrom('a', 'b', 'c'),
  variant: fc.constantFrom(0, 1, 2, 3),
});

const how = fc.constantFrom('broken' as const, 'in order' as const, 'lost' as const);

const match: fc.Arbitrary<RequestMatch> = fc.constantFrom<RequestMatch>(
  {},
  { query: { watch: '1' } },
  { query: { watch: '1' } },
  { path: /\/(pods|widgets)$/ },
  { path: /\/(pods|widgets)$/, query: { watch: '1' } },
  { path: /\/(pods|configmaps)$/, query: { watch: null } },
  { path: /\/configmaps/ },
  { path: /^\/apis?$/ },
  { path: /kube-system|customresourcedefinitions/ },
  { query: { sendInitialEvents: 'true' } },
  { path: /namespaces$/ },
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant('status' as const),
    code: fc.constantFrom(429, 500, 503, 410, 504, 404, 403, 401),
    reason: fc.constant('Scripted'),
  }),
  fc.record({
    kind: fc.constant('status' as const),
    code: fc.constantFrom(429, 503),
    retryAfterSeconds: fc.constantFrom(1, 5, 60),
  }),
  fc.record({
    kind: fc.constant('error-event' as const),
    code: fc.constantFrom(410, 500),
    reason: fc.constant('Gone'),
  }),
  fc.record({ kind: fc.constant('cut' as const), afterBytes: fc.integer({ min: 0, max: 2000 }) }),
  fc.record({
    kind: fc.constant('garble' as const),
    afterBytes: fc.integer({ min: 0, max: 800 }),
    // What leaves valid JSON with another content is told by TLS alone.
    text: fc.constantFrom('"}{', '\n{"type":"ADDED"}\n', '"<html>\n', '\n'),
  }),
  fc.record({ kind: fc.constant('repeat-lines' as const), after: fc.integer({ min: 0, max: 4 }) }),
  fc.constant<Fault>({ kind: 'silence' }),
  fc.constant<Fault>({ kind: 'refuse' }),
  fc.record({ kind: fc.constant('delay' as const), ms: fc.constantFrom(50, 3_000, 30_000, 150_000) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ do: fc.constant('write' as const), what: written }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('remove' as const), what: written }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 5, 20, 100, 700, 5_000, 70_000, 400_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      match,
      fault,
      times: fc.constantFrom(1, 1, 2, 5, 30),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('outage' as const),
      outage: fc.constantFrom('refused' as const, 'lost' as const),
      ms: fc.constantFrom(100, 5_000, 200_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end connections' as const), how }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'compact' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), how }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restore' as const), writes: fc.array(written, { maxLength: 6 }), how }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('forbid' as const, 'allow' as const), word: fc.constantFrom(...words) }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'rotate token' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('kill' as const),
      at: fc.constantFrom<KillPoint>('now', 'before write', 'before sync', 'after sync'),
      commits: fc.integer({ min: 0, max: 4 }),
      down: fc.constantFrom(0, 1_000, 100_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), down: fc.constantFrom(0, 1_000, 100_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('full disk' as const), ms: fc.constantFrom(10, 1_000, 60_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('failing sync' as const), times: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('jump' as const),
      ms: fc.constantFrom(-86_400_000, -3_600_000, -500, 500, 3_600_000, 86_400_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('sleep' as const),
      ms: fc.constantFrom(60_000, 3_600_000),
      writes: fc.array(written, { maxLength: 6 }),
    }),
  },
);

/** Schedules, which shrink to fewer and simpler steps. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat(),
  minor: fc.constantFrom(36, 36, 36, 24, 15),
  pageLimit: fc.constantFrom(500, 2),
  steps: fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
});
