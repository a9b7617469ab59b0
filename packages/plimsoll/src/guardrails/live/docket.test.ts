import { describe, expect, it } from 'vitest';
import type { ResourceKey } from '../../model/resource.ts';
import { Docket } from './docket.ts';

const keys = (from: number, to: number): ResourceKey[] =>
  Array.from({ length: to - from }, (_, i) => ({ source: 's', type: 't', scope: null, name: String(from + i) }));

/** A docket whose judge takes up to 100 at once, and is done when it is let go. */
function slowDocket() {
  const turns: { readonly names: readonly string[]; readonly done: (error?: Error) => void }[] = [];
  const docket = new Docket(
    (due) =>
      new Promise((resolve, reject) => {
        const names = due.splice(0, 100).map(({ name }) => name);
        turns.push({ names, done: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  );
  return { docket, turns };
}

const tick = () => new Promise(setImmediate);

describe('a docket', () => {
  it('judges the first one at once, and then as many as are worth a transaction', async () => {
    const { docket, turns } = slowDocket();
    await docket.add(keys(0, 1));
    expect(turns.map(({ names }) => names)).toEqual([['0']]);
    turns[0]?.done();
    await tick();
    await docket.add(keys(1, 10));
    expect(turns).toHaveLength(1);
    await docket.add(keys(10, 90));
    expect(turns[1]?.names).toHaveLength(89);
  });

  it('writes one transaction at a time, while more is added', async () => {
    const { docket, turns } = slowDocket();
    await docket.add(keys(0, 1));
    await docket.add(keys(1, 200));
    expect(turns).toHaveLength(1);
  });

  it('lets the search wait when very much waits', async () => {
    const { docket, turns } = slowDocket();
    await docket.add(keys(0, 1));
    let added = false;
    const adding = docket.add(keys(1, 1_050)).then(() => (added = true));
    await tick();
    expect(added).toBe(false);
    turns[0]?.done();
    await tick();
    turns[1]?.done();
    await adding;
    expect(turns).toHaveLength(2);
  });

  it('finishes with everything judged, or with what is under way where it is stopped', async () => {
    const all = slowDocket();
    await all.docket.add(keys(0, 150));
    const finished = all.docket.finish(() => false);
    all.turns[0]?.done();
    await tick();
    all.turns[1]?.done();
    await finished;
    expect(all.turns.flatMap(({ names }) => names)).toEqual(keys(0, 150).map(({ name }) => name));
    const stopped = slowDocket();
    await stopped.docket.add(keys(0, 150));
    const stopping = stopped.docket.finish(() => true);
    stopped.turns[0]?.done();
    await stopping;
    expect(stopped.turns).toHaveLength(1);
  });

  it('tells whoever waits that judging failed', async () => {
    const { docket, turns } = slowDocket();
    await docket.add(keys(0, 1));
    turns[0]?.done(new Error('the log is closed'));
    await tick();
    await expect(docket.finish(() => false)).rejects.toThrow('the log is closed');
  });
});
