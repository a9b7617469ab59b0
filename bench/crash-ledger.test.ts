import { describe, expect, it } from 'vitest';
import type { FindingItem, ResourceItem } from '../packages/plimsoll/src/server/schemas.ts';
import { accountFor, type Aftermath } from './crash-ledger.ts';
import type { Write } from './simulated/calls.ts';
import type { Followed } from './stream-follower.ts';

const write = (operation: Write['operation'], name: string, version: number, breaks = false): Write => ({
  operation,
  name,
  uid: `uid-${name}`,
  version,
  breaks,
  at: 0,
});

const change = (seq: number, operation: string, name: string, version: number): Followed =>
  ({
    seq,
    at: 0,
    kind: 'change',
    item: {
      operation,
      name,
      uid: `uid-${name}`,
      resource: operation === 'deleted' ? null : { version: String(version) },
    },
  }) as Followed;

const finding = (seq: number, name: string, state: string): Followed =>
  ({ seq, at: 0, kind: 'finding', item: { id: `f-${name}`, state, resource: { name } } }) as Followed;

const events = [
  change(1, 'created', 'a', 10),
  finding(2, 'a', 'open'),
  change(3, 'created', 'b', 11),
  change(4, 'deleted', 'b', 12),
];

/** Two pods came, one of them breaks a guardrail, the other went: all of it told once, and there. */
const whole: Aftermath = {
  writes: [write('created', 'a', 10, true), write('created', 'b', 11), write('deleted', 'b', 12)],
  seen: events,
  log: events,
  from: 0,
  resources: [{ name: 'a', uid: 'uid-a', version: '10' } as ResourceItem],
  findings: [{ id: 'f-a', resource: { name: 'a' } } as FindingItem],
};
const none = { lost: [], missed: [], double: [] };

describe('the books of a crash', () => {
  it('are even where each write was told once and is there', () => {
    expect(accountFor(whole)).toEqual(none);
  });

  it.each<[string, Partial<Aftermath>, object]>([
    [
      'an event that was told and is gone',
      { log: events.slice(0, 3) },
      { lost: [expect.stringContaining('4 was told')] },
    ],
    [
      'an object that is gone from the store',
      { resources: [] },
      { lost: [expect.stringContaining('holds a as undefined')] },
    ],
    [
      'an object that came back',
      { resources: [...whole.resources, { name: 'b', uid: 'uid-b', version: '11' } as ResourceItem] },
      { lost: [expect.stringContaining('holds b as uid-b 11')] },
    ],
    [
      'an event that the resumed stream left out',
      { seen: events.filter(({ seq }) => seq !== 2) },
      { missed: [expect.stringContaining('left out 2')] },
    ],
    [
      'a write that no change says',
      { writes: [...whole.writes, write('updated', 'b', 13), write('deleted', 'b', 12)] },
      { missed: [expect.stringContaining('b was updated (13)')] },
    ],
    ['a finding that is not open', { findings: [] }, { missed: [expect.stringContaining('no finding is open')] }],
    [
      'a finding that never ended',
      { findings: [...whole.findings, { id: 'f-b', resource: { name: 'b' } } as FindingItem] },
      { missed: [expect.stringContaining('b breaks no guardrail any more')] },
    ],
  ])('show %s', (_, part, shown) => {
    expect(accountFor({ ...whole, ...part })).toEqual({ ...none, ...shown });
  });

  it('show what was told twice, in the stream and by two changes', () => {
    const again = change(5, 'created', 'a', 10);
    expect(
      accountFor({ ...whole, seen: [...events, events[0] as Followed, again], log: [...events, again] }).double,
    ).toEqual(['the stream told 1 twice', 'a was created once (10), and 3 changes say so']);
  });

  it('show a finding that opened twice', () => {
    const again = finding(5, 'a', 'open');
    expect(accountFor({ ...whole, seen: [...events, again], log: [...events, again] }).double).toEqual([
      'the finding of a was open twice in a row',
    ]);
  });
});
