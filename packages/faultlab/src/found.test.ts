import { describe, expect, it } from 'vitest';
import type { Written } from './objects.ts';
import { runSchedule } from './run-schedule.ts';
import type { Schedule, Step } from './script.ts';

const pod = (variant: Written['variant']): Written => ({ word: 'pod', namespace: 'shop', name: 'c', variant });
const watchOfPods = { path: /\/pods$/, query: { watch: '1' } };
const watchOfBoth = { path: /\/(pods|widgets)$/, query: { watch: '1' } };
const server = { minor: 36, pageLimit: 500 } as const;

type Found = Omit<Schedule, 'minor' | 'pageLimit'> & Partial<Pick<Schedule, 'minor'>>;

/** Schedules that once did not hold, shrunk, each by what was wrong. */
const found: readonly (readonly [string, Found])[] = [
  [
    'a type whose definition may not be read stays as not proven to be gone, which a scan that never knew it cannot say',
    {
      seed: 0,
      steps: [
        { do: 'wait', ms: 400_000 },
        { do: 'forbid', word: 'definition' },
        { do: 'remove', what: { word: 'definition', namespace: 'shop', name: 'a', variant: 0 } },
        { do: 'wait', ms: 1 },
      ],
    },
  ],
  [
    'what is to be judged again was written beside the transaction, and a full disk ended the process',
    {
      seed: 16,
      steps: [
        { do: 'wait', ms: 5_000 },
        { do: 'full disk', ms: 1_000 },
        { do: 'write', what: { word: 'namespace', namespace: 'shop', name: 'a', variant: 3 } },
        { do: 'wait', ms: 5_000 },
      ],
    },
  ],
  [
    'after a restart the namespaces were not known, and what is forbidden as a whole was not watched one by one',
    {
      seed: 0,
      steps: [
        { do: 'wait', ms: 700 },
        { do: 'forbid', word: 'pod' },
        { do: 'restart', down: 0 },
      ],
    },
  ],
  [
    'a type that is gone left its reason in findings',
    {
      seed: 954_704_949,
      steps: [
        { do: 'wait', ms: 5_000 },
        { do: 'remove', what: { word: 'definition', namespace: 'shop', name: 'c', variant: 1 } },
      ],
    },
  ],
  [
    'a shutdown in order was resumed at another cluster as if it were the same',
    {
      seed: 2_147_483_647,
      steps: [
        { do: 'wait', ms: 5_000 },
        { do: 'replace', how: 'in order' },
      ],
    },
  ],
  [
    'a silent loss was resumed at another cluster as if it were the same',
    {
      seed: 3,
      steps: [
        { do: 'wait', ms: 5_000 },
        { do: 'replace', how: 'lost' },
      ],
    },
  ],
  [
    'losing the right to read kube-system ended everything',
    {
      seed: 1_322_013_923,
      steps: [
        { do: 'wait', ms: 5_000 },
        { do: 'forbid', word: 'namespace' },
      ],
    },
  ],
  [
    'another cluster that hides its identity was resumed',
    {
      seed: 16,
      steps: [
        { do: 'wait', ms: 70_000 },
        { do: 'replace', how: 'broken' },
        { do: 'forbid', word: 'namespace' },
      ],
    },
  ],
  [
    'namespaces that a relist no longer named kept their rows',
    {
      seed: 400_985_877,
      steps: [
        { do: 'forbid', word: 'pod' },
        { do: 'remove', what: { word: 'namespace', namespace: 'shop', name: 'c', variant: 2 } },
        { do: 'restore', how: 'in order', writes: [{ word: 'namespace', namespace: 'shop', name: 'b', variant: 3 }] },
      ],
    },
  ],
  [
    'a row that ended and was said again in one transaction was lost',
    {
      seed: 2_147_483_637,
      steps: [
        { do: 'wait', ms: 70_000 },
        { do: 'full disk', ms: 60_000 },
        { do: 'replace', how: 'in order' },
        { do: 'write', what: { word: 'secret', namespace: 'shop', name: 'a', variant: 2 } },
      ],
    },
  ],
  [
    'a look-up of a type not proven to be gone answered what was known, which a scan that never knew it cannot say',
    {
      seed: 0,
      steps: [
        { do: 'forbid', word: 'definition' },
        { do: 'kill', at: 'now', commits: 0, down: 0 },
        { do: 'wait', ms: 5_000 },
        { do: 'remove', what: { word: 'definition', namespace: 'shop', name: 'b', variant: 0 } },
        { do: 'restart', down: 0 },
      ],
    },
  ],
  [
    'findings kept the reason of a type of params that nothing is known of any more: what is served came first',
    {
      seed: 0,
      steps: [
        { do: 'wait', ms: 1 },
        { do: 'write', what: pod(0) },
        { do: 'sleep', ms: 60_000, writes: [{ word: 'policy', namespace: 'shop', name: 'b', variant: 0 }] },
        { do: 'end connections', how: 'broken' },
        {
          do: 'fault',
          match: { path: /\/(pods|configmaps)$/, query: { watch: null } },
          fault: { kind: 'status', code: 429, reason: 'Scripted' },
          times: 1,
        },
        { do: 'remove', what: pod(0) },
        { do: 'rotate token' },
        { do: 'sleep', ms: 60_000, writes: [{ word: 'binding', namespace: 'shop', name: 'b', variant: 0 }] },
        { do: 'remove', what: { word: 'definition', namespace: 'shop', name: 'a', variant: 0 } },
        { do: 'write', what: pod(0) },
      ],
    },
  ],
  [
    'a binding that went before all was judged by it left findings: its policy was again as it was saved',
    {
      seed: 0,
      steps: [
        ...Array.from({ length: 6 }, (): Step => ({ do: 'write', what: { ...pod(0), name: 'a' } })),
        { do: 'write', what: { word: 'policy', namespace: 'shop', name: 'b', variant: 0 } },
        { do: 'sleep', ms: 60_000, writes: [{ word: 'binding', namespace: 'shop', name: 'b', variant: 0 }] },
        { do: 'remove', what: { word: 'binding', namespace: 'shop', name: 'b', variant: 0 } },
      ],
    },
  ],
  [
    'of the second type that was forbidden, namespaces that were not listed yet counted as gone, with what is in them',
    {
      seed: 3,
      steps: [
        { do: 'restore', writes: [], how: 'broken' },
        { do: 'kill', at: 'after sync', commits: 0, down: 0 },
        { do: 'forbid', word: 'replicaset' },
        { do: 'forbid', word: 'pod' },
        { do: 'failing sync', times: 2 },
      ],
    },
  ],
  [
    'a cluster known by its address alone was taken for the same when another answered there',
    {
      seed: 0,
      steps: [
        { do: 'forbid', word: 'namespace' },
        { do: 'forbid', word: 'pod' },
        { do: 'compact' },
        { do: 'compact' },
        { do: 'replace', how: 'broken' },
        { do: 'write', what: { ...pod(0), name: 'a' } },
      ],
    },
  ],
  [
    'the core group was taken for gone, because /api was not found for a moment',
    {
      seed: 0,
      steps: [
        { do: 'restore', writes: [], how: 'broken' },
        { do: 'rotate token' },
        { do: 'write', what: { ...pod(0), name: 'a' } },
        {
          do: 'fault',
          match: { path: /^\/apis?$/ },
          fault: { kind: 'status', code: 404, reason: 'Scripted' },
          times: 1,
        },
        { do: 'write', what: { ...pod(0), name: 'a' } },
        { do: 'wait', ms: 1 },
        { do: 'restart', down: 0 },
        { do: 'fault', match: {}, fault: { kind: 'repeat-lines', after: 0 }, times: 1 },
      ],
    },
  ],
  [
    'a ConfigMap that was to be read whole was answered with something else, and never asked for again',
    {
      seed: 0,
      steps: [
        { do: 'wait', ms: 5_000 },
        { do: 'fault', match: {}, fault: { kind: 'error-event', code: 410, reason: 'Gone' }, times: 1 },
        { do: 'write', what: { word: 'map', namespace: 'shop', name: 'a', variant: 0 } },
        { do: 'write', what: { ...pod(0), name: 'a' } },
      ],
    },
  ],
  [
    'of a type that was forbidden for a moment the watch went on where it was, behind what its namespaces had told',
    {
      seed: 0,
      steps: [
        { do: 'wait', ms: 400_000 },
        {
          do: 'fault',
          match: { path: /\/(pods|widgets)$/ },
          fault: { kind: 'status', code: 403, reason: 'Scripted' },
          times: 1,
        },
        { do: 'sleep', ms: 60_000, writes: [pod(0)] },
        { do: 'write', what: pod(0) },
        { do: 'wait', ms: 400_000 },
        { do: 'wait', ms: 1 },
      ],
    },
  ],
  [
    'a cluster that was replaced before a full disk took anything of it was not known to be another one',
    {
      seed: 0,
      steps: [
        { do: 'remove', what: { ...pod(0), name: 'a' } },
        { do: 'full disk', ms: 60_000 },
        { do: 'wait', ms: 5_000 },
        { do: 'replace', how: 'broken' },
        { do: 'remove', what: { word: 'definition', namespace: 'shop', name: 'a', variant: 0 } },
      ],
    },
  ],
  [
    'a list of what a group serves that was something else took its types for gone',
    {
      seed: 7,
      minor: 24,
      steps: [
        { do: 'forbid', word: 'map' },
        { do: 'write', what: { ...pod(0), name: 'a' } },
        { do: 'write', what: { ...pod(0), name: 'a' } },
        { do: 'end connections', how: 'broken' },
        { do: 'compact' },
        { do: 'remove', what: { word: 'namespace', namespace: 'farm', name: 'a', variant: 0 } },
        { do: 'kill', at: 'before sync', commits: 4, down: 0 },
        { do: 'compact' },
        { do: 'fault', match: watchOfBoth, fault: { kind: 'delay', ms: 150_000 }, times: 1 },
        { do: 'wait', ms: 400_000 },
        { do: 'restore', writes: [{ word: 'limit', namespace: 'shop', name: 'a', variant: 0 }], how: 'in order' },
        { do: 'kill', at: 'now', commits: 0, down: 0 },
        { do: 'failing sync', times: 1 },
        { do: 'fault', match: watchOfBoth, fault: { kind: 'refuse' }, times: 1 },
        { do: 'fault', match: {}, fault: { kind: 'error-event', code: 410, reason: 'Gone' }, times: 2 },
        { do: 'compact' },
      ],
    },
  ],
  [
    'a cluster that was known by its address alone, and replaced while nothing ran, was watched from where the old one was',
    {
      seed: 858_794_599,
      steps: [
        {
          do: 'fault',
          match: { path: /kube-system|customresourcedefinitions/ },
          fault: { kind: 'status', code: 403, reason: 'Scripted' },
          times: 1,
        },
        { do: 'remove', what: { word: 'secret', namespace: 'shop', name: 'a', variant: 0 } },
        { do: 'compact' },
        { do: 'fault', match: { path: /\/configmaps/ }, fault: { kind: 'cut', afterBytes: 0 }, times: 1 },
        { do: 'wait', ms: 1 },
        { do: 'replace', how: 'broken' },
        { do: 'kill', at: 'now', commits: 0, down: 0 },
        { do: 'fault', match: {}, fault: { kind: 'delay', ms: 50 }, times: 1 },
      ],
    },
  ],
  ...[0, 1, 2, 3].map((after): readonly [string, Found] => [
    `an event that came again ${after} lines late brought back what had ended or changed`,
    {
      seed: after,
      steps: [
        { do: 'fault', match: watchOfPods, fault: { kind: 'repeat-lines', after }, times: 1 },
        { do: 'wait', ms: 5_000 },
        ...[0, 1, 2].flatMap((variant): Step[] => [
          { do: 'write', what: pod(variant as Written['variant']) },
          { do: 'wait', ms: 100 },
        ]),
        { do: 'remove', what: pod(0) },
        { do: 'wait', ms: 5_000 },
        { do: 'write', what: { ...pod(1), name: 'a' } },
        { do: 'write', what: { ...pod(2), name: 'b' } },
        { do: 'write', what: { ...pod(2), name: 'a' } },
      ],
    },
  ]),
];

describe('schedules that once did not hold', () => {
  it.each(found)('%s', async (_, schedule) => {
    await expect(runSchedule({ ...server, ...schedule })).resolves.toBeDefined();
  });
});
