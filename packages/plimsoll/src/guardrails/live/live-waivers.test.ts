import { afterEach, describe, expect, it } from 'vitest';
import type { Waiver } from '../../findings/waiver.ts';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { LogEvent, Store } from '../../inventory/store.ts';
import { systemClock } from '../../model/clock.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Observation } from '../../model/observation.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { waiverOf } from '../waiver.fixture.ts';
import { LiveGuardrails } from './live-guardrails.ts';

const START = Date.parse('2026-11-26');
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
const parts = [
  ['never', 'images'],
  ['not-either', 'hosts'],
].flatMap(([name = '', category = '']) =>
  readPolicyDocument({
    source: 'files',
    origin: 'files',
    place: null,
    body: {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Guardrail',
      metadata: { name },
      spec: { categories: [category], matchConstraints: { resourceRules }, validations: [{ expression: 'false' }] },
    },
  }),
);

class Watched {
  readonly store: Store = openSqliteStore(':memory:');
  readonly events: LogEvent[] = [];
  now = START;
  #version = 0;
  #log: ChangeLog | null = null;
  #live: LiveGuardrails | null = null;

  async start(waivers: readonly Waiver[]): Promise<void> {
    const clock = { ...systemClock, now: () => this.now };
    this.#live = await LiveGuardrails.open(this.store, { parts, waivers, kinds: () => null, clock });
    this.#log = await ChangeLog.open(this.store, [this.#live], clock);
    this.#log.subscribe((events) => this.events.push(...events));
    await this.#live.start(this.#log);
    await this.#live.settled();
  }

  async stop(): Promise<void> {
    await this.#live?.stop();
    await this.#log?.close();
  }

  async pod(name: string, parts: JsonObject = {}, labels: JsonObject = {}): Promise<void> {
    this.#version += 1;
    const body = { metadata: { name, namespace: 'shop', labels }, ...parts };
    const resource = resourceWith({ name, scope: 'shop', uid: null, version: String(this.#version), body });
    const seen: Observation = { kind: 'upsert', observedAt: this.now, resource };
    await this.#log?.observe([seen]);
  }

  /** Puts other waivers in force; gives how many verdicts that took. */
  async waive(waivers: readonly Waiver[]): Promise<number> {
    const before = this.judged;
    if (this.#log !== null) await this.#live?.waive(waivers, this.#log, () => undefined);
    return this.judged - before;
  }

  get judged(): number {
    return [...(this.#live?.evaluated.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  /** What stands: `never a: waived by w`. */
  async standing(): Promise<string[]> {
    await this.#live?.settled();
    const { items } = await this.store.findings({ state: 'open' }, 1000);
    return items
      .map(({ policy, resource, outcome, waivedBy }) =>
        [`${policy.name} ${resource.name}: ${outcome}`, ...(waivedBy === null ? [] : [`by ${waivedBy.waiver}`])].join(
          ' ',
        ),
      )
      .toSorted();
  }
}

async function watched(waivers: readonly Waiver[] = []): Promise<Watched> {
  const found = new Watched();
  ends.push(
    () => found.store.close(),
    () => found.stop(),
  );
  await found.start(waivers);
  return found;
}

const all = ['never a: fail', 'never b: fail', 'not-either a: fail', 'not-either b: fail'];

describe('live waivers', () => {
  it('that come and go change the findings that they cover, and have nothing else judged anew', async () => {
    const fleet = await watched();
    await fleet.pod('a', {}, { tier: 'edge' });
    await fleet.pod('b');
    expect(await fleet.standing()).toEqual(all);
    const edge = waiverOf('edge', { categories: ['images'], selector: { matchLabels: { tier: 'edge' } } });
    expect(await fleet.waive([edge])).toBe(1);
    expect(await fleet.standing()).toEqual(['never a: waived by edge', ...all.slice(1)]);
    expect(await fleet.waive([edge, waiverOf('other', { guardrails: ['none'] })])).toBe(0);
    expect(await fleet.waive([])).toBe(1);
    expect(await fleet.standing()).toEqual(all);
  });

  it('that say something else are said anew; where one goes, another that covers it takes over', async () => {
    const fleet = await watched([waiverOf('w', { owner: 'a' }), waiverOf('v')]);
    await fleet.pod('a');
    expect(await fleet.standing()).toEqual(['never a: waived by w', 'not-either a: waived by w']);
    await fleet.waive([waiverOf('w', { owner: 'b' }), waiverOf('v')]);
    expect((await fleet.store.findings({ state: 'open' }, 1)).items[0]?.waivedBy?.owner).toBe('b');
    await fleet.waive([waiverOf('v')]);
    expect(await fleet.standing()).toEqual(['never a: waived by v', 'not-either a: waived by v']);
  });

  it('that came, went or ended while nothing ran are held to at the start, and then nothing is', async () => {
    const ending = waiverOf('ending', { guardrails: ['never'], expires: '2026-11-27' });
    const fleet = await watched([ending, waiverOf('gone', { guardrails: ['not-either'] })]);
    await fleet.pod('a');
    expect(await fleet.standing()).toEqual(['never a: waived by ending', 'not-either a: waived by gone']);
    await fleet.stop();
    fleet.now = Date.parse('2026-11-28');
    await fleet.start([ending]);
    expect(await fleet.standing()).toEqual(['never a: fail', 'not-either a: fail']);
    await fleet.stop();
    const { length } = fleet.events;
    await fleet.start([ending]);
    expect(await fleet.standing()).toEqual(['never a: fail', 'not-either a: fail']);
    expect(fleet.events).toHaveLength(length);
    expect(fleet.judged).toBe(0);
  });

  it('end for an object once their condition holds of it', async () => {
    const fleet = await watched([waiverOf('w', { guardrails: ['never'], expiresWhen: 'has(object.spec.moved)' })]);
    await fleet.pod('a', { spec: {} });
    await fleet.pod('b', { spec: {} });
    await fleet.pod('a', { spec: { moved: true } });
    expect(await fleet.standing()).toEqual([
      'never a: fail',
      'never b: waived by w',
      'not-either a: fail',
      'not-either b: fail',
    ]);
  });

  it('that cover what more findings are about than one task takes are held to by all of them', async () => {
    const fleet = await watched();
    for (let at = 0; at < 70; at += 1) await fleet.pod(`p${at}`);
    expect(await fleet.waive([waiverOf('w', { guardrails: ['never'] })])).toBe(70);
    const waived = (await fleet.standing()).filter((line) => line.endsWith('by w'));
    expect(waived).toHaveLength(70);
  });
});
