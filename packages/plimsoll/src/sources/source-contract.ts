import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Coverage } from '../model/coverage.ts';
import type { Observation } from '../model/observation.ts';
import type { Resource } from '../model/resource.ts';
import type { Sink, Source } from './source.ts';

/** The real place that a kind of source reads, for the contract: what a test does to it. Things are ConfigMaps. */
export interface ContractOrigin {
  /** An entry of the kind's options that leads here. */
  readonly entry: object;
  /** Where its things are. */
  readonly scope: string;
  /** Sources of the entry; with `once` such as read it once. */
  readonly open: (once: boolean) => Promise<readonly Source[]>;
  /** Makes a thing of that name, or gives it another label. */
  readonly put: (name: string, label: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  readonly putSecret: (name: string, password: string) => Promise<void>;
  /** From now on nothing of it can be read; what there is stays. */
  readonly hide: () => Promise<void>;
  readonly show: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An inventory as the contract looks at it. */
export interface ContractInventory {
  readonly sink: Sink;
  readonly resources: () => Promise<readonly Resource[]>;
  readonly coverage: () => Promise<readonly Coverage[]>;
  /** Each change in a scope so far, as `operation name`. */
  readonly changes: (scope: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const type = 'core/configmaps';
/** Names that no other test and no controller uses. */
const ours = /^contract-/;

/** What holds for every source, whatever it reads (docs/adding-a-source.md); to be called inside a `describe`. */
export function itIsASource(
  id: string,
  openOrigin: () => Promise<ContractOrigin>,
  openInventory: () => Promise<ContractInventory>,
): void {
  let origin: ContractOrigin;
  let inventory: ContractInventory;
  let ending: AbortController;
  let running: Promise<unknown>;
  let observed: Observation[];

  beforeEach(async () => {
    origin = await openOrigin();
    inventory = await openInventory();
    [running, observed] = [Promise.resolve(), []];
  });
  afterEach(async () => {
    ending?.abort();
    await running;
    await inventory.close();
    await origin.close();
  });

  async function start(once = false, into = inventory): Promise<void> {
    ending = new AbortController();
    const sink: Sink = {
      state: (source) => into.sink.state(source),
      observe: async (batch) => {
        observed.push(...batch);
        await into.sink.observe(batch);
      },
    };
    const sources = await origin.open(once);
    running = Promise.all(sources.map((source) => source.run(sink, ending.signal)));
    if (once) await running;
    else await eventually('live', async () => (await row())?.state === 'live');
  }
  async function stop(): Promise<void> {
    ending.abort();
    await running;
  }
  const isOurs = (resource: Resource): boolean =>
    resource.type === type && resource.scope === origin.scope && ours.test(resource.name);
  const row = async (): Promise<Coverage | undefined> =>
    (await inventory.coverage()).find((coverage) => coverage.type === type);
  const named = async (from = inventory): Promise<readonly Resource[]> =>
    (await from.resources()).filter((resource) => isOurs(resource));
  const names = async (): Promise<string> =>
    (await named())
      .map(({ name }) => name)
      .sort()
      .join();
  const changes = async (): Promise<readonly string[]> =>
    (await inventory.changes(origin.scope)).filter((change) => ours.test(change.split(' ')[1] ?? ''));

  it('is of its kind, and has a name of its own', async () => {
    const sources = await origin.open(false);
    expect(sources.map(({ kind }) => kind)).toEqual(sources.map(() => id));
    expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
  });

  it('lists a type between its start and its end, and tells of each thing once', async () => {
    for (const name of ['contract-a', 'contract-b']) await origin.put(name, 'x');
    await start();
    const said = observed.flatMap((one) => {
      if (one.kind === 'upsert') return one.resource.type === type && ours.test(one.resource.name) ? ['upsert'] : [];
      return (one.kind === 'list-start' || one.kind === 'list-complete') && one.type === type ? [one.kind] : [];
    });
    expect(said).toEqual(['list-start', 'upsert', 'upsert', 'list-complete']);
  });

  it('follows what comes, changes and goes', async () => {
    await origin.put('contract-a', 'x');
    await start();
    await origin.put('contract-b', 'x');
    await eventually('b', async () => (await names()) === 'contract-a,contract-b');
    await origin.put('contract-b', 'changed');
    await eventually('changed', async () => JSON.stringify(await named()).includes('"changed"'));
    await origin.remove('contract-a');
    await eventually('a is gone', async () => (await names()) === 'contract-b');
  });

  it('writes nothing after a restart but what changed meanwhile', async () => {
    for (const name of ['contract-a', 'contract-b', 'contract-c']) await origin.put(name, 'x');
    await start();
    await stop();
    const before = (await changes()).length;
    await start();
    await stop();
    expect((await changes()).slice(before)).toEqual([]);
    await origin.put('contract-b', 'changed');
    await origin.remove('contract-c');
    await start();
    await eventually('both', async () => (await changes()).length === before + 2);
    expect((await changes()).slice(before).sort()).toEqual(['deleted contract-c', 'updated contract-b']);
  });

  it('says that it cannot read its origin, since when and why, deletes nothing, and goes on when it can', async () => {
    await origin.put('contract-a', 'x');
    await start();
    const from = Date.now();
    observed.length = 0;
    await origin.hide();
    const gap = await eventually('said', async () => ((await row())?.state === 'live' ? null : await row()));
    expect(gap.state).toMatch(/^(stale|down)$/);
    expect(gap.since).toBeGreaterThanOrEqual(from);
    expect(gap.reason).not.toBeNull();
    expect(observed.filter(isProofOfAnEnd)).toEqual([]);
    expect(await names()).toBe('contract-a');
    await origin.show();
    await origin.put('contract-b', 'x');
    await eventually('b', async () => (await names()) === 'contract-a,contract-b');
    await eventually('live', async () => (await row())?.state === 'live');
  });

  it('deletes nothing where it starts and cannot read its origin', async () => {
    await origin.put('contract-a', 'x');
    await start();
    await stop();
    const sources = await origin.open(false);
    await origin.hide();
    ending = new AbortController();
    running = Promise.all(sources.map((source) => source.run(inventory.sink, ending.signal)));
    await eventually('said', async () => (await inventory.coverage()).some(({ state }) => state !== 'live'));
    await stop();
    expect(await names()).toBe('contract-a');
    await origin.show();
  });

  it('ends within 5 s, while its origin does not answer too', async () => {
    await origin.put('contract-a', 'x');
    await start();
    await origin.hide();
    const began = Date.now();
    await stop();
    expect(Date.now() - began).toBeLessThan(5000);
    await origin.show();
  });

  it('leaves no timer and no handle behind: a process ends when its source has', async () => {
    await origin.put('contract-a', 'x');
    const script = join(import.meta.dirname, 'fixtures', 'run-and-end.ts');
    const child = spawn(process.execPath, [script, id, JSON.stringify(origin.entry)], {
      stdio: 'pipe',
      timeout: 20_000,
    });
    const told: string[] = [];
    child.stdout.on('data', (part) => told.push(String(part)));
    child.stderr.on('data', (part) => told.push(String(part)));
    const ended = await new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
    expect([told.join(''), ended]).toEqual(['ended\n', 0]);
  });

  it('gives the same inventory twice, read once, and then resolves', async () => {
    for (const name of ['contract-a', 'contract-b']) await origin.put(name, 'x');
    const other = await openInventory();
    try {
      await start(true);
      await start(true, other);
      expect(await named(other)).toEqual(await named());
      expect(await names()).toBe('contract-a,contract-b');
      expect((await row())?.state).toBe('listed');
    } finally {
      await other.close();
    }
  });

  it('tells no value of a Secret', async () => {
    await origin.putSecret('contract-secret', 'hunter2-hunter2');
    await origin.put('contract-a', 'x');
    await start();
    await eventually('the secret', async () =>
      observed.some((one) => one.kind === 'upsert' && one.resource.name === 'contract-secret'),
    );
    expect(
      JSON.stringify(observed, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toMatch(/hunter2|aHVudGVyMi/);
  });
}

/** Whether an observation may end things of the type. */
function isProofOfAnEnd(said: Observation): boolean {
  if (said.kind === 'delete') return said.key.type === type;
  if (said.kind === 'list-complete' || said.kind === 'type-gone') return said.type === type;
  return said.kind === 'identity';
}

/** Asks again and again until there is an answer; 15 s at most. */
async function eventually<T>(what: string, probe: () => Promise<T | null | undefined | false>): Promise<T> {
  for (let i = 0; i < 300; i += 1) {
    const found = await probe();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within 15 s: ${what}`);
}
