import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Desk } from '../inventory/reader.ts';
import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { nothing } from '../inventory/store-contract.ts';
import type { Store } from '../inventory/store.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome, Verdict } from '../model/verdict.ts';
import { policyText } from './conclusion.ts';
import { Ledger } from './ledger.ts';

const policy = (name: string): Verdict['policy'] => ({ source: 'builtin', kind: 'Guardrail', namespace: null, name });
const pod = (name: string) => ({ source: 'prod', type: 'core/pods', scope: 'shop', name });

function verdict(outcome: Outcome, guardrail = 'a', name = 'web', message = 'no'): Verdict {
  return {
    policy: policy(guardrail),
    binding: null,
    rule: null,
    param: null,
    resource: { ...pod(name), apiVersion: 'v1', kind: 'Pod', uid: 'u', place: null },
    outcome,
    severity: 'high',
    reason: null,
    violations: outcome === 'fail' ? [{ index: 0, message, expression: 'false', paths: [] }] : [],
    waivedBy: null,
  };
}

/** A ledger on a store, each conclusion in a transaction of its own. */
class Desks {
  readonly store: Store;
  seq = 0;
  ledger: Ledger;

  private constructor(store: Store, ledger: Ledger) {
    this.store = store;
    this.ledger = ledger;
  }

  static async open(): Promise<Desks> {
    const store = openSqliteStore(':memory:');
    return new Desks(store, await Ledger.open(store));
  }

  async restart(): Promise<void> {
    this.ledger = await Ledger.open(this.store);
  }

  async conclude(conclusions: Parameters<Ledger['conclude']>[0], now: number): Promise<readonly Finding[]> {
    const desk: Desk = {
      now,
      keep: () => undefined,
      nextSeq: () => {
        this.seq += 1;
        return this.seq;
      },
    };
    const findings = await this.ledger.conclude(conclusions, desk);
    await this.store.commit({ ...nothing, findings });
    return findings;
  }

  on(name: string, verdicts: readonly Verdict[], now: number, ended = 'passes'): Promise<readonly Finding[]> {
    return this.conclude([{ about: 'resource', resource: pod(name), verdicts, ended }], now);
  }
}

const said = (findings: readonly Finding[]) =>
  findings.map(({ state, openedAt, resolution }) => ({ state, openedAt, resolution }));

describe('Ledger', () => {
  it('opens a finding once and says nothing while nothing changes', async () => {
    const desks = await Desks.open();
    expect(said(await desks.on('web', [verdict('fail')], 1))).toEqual([
      { state: 'open', openedAt: 1, resolution: null },
    ]);
    expect(await desks.on('web', [verdict('fail')], 2)).toEqual([]);
  });

  it('makes no finding of a pass or a skip', async () => {
    const desks = await Desks.open();
    expect(await desks.on('web', [verdict('pass'), verdict('skip', 'b')], 1)).toEqual([]);
  });

  it('says a change in substance and keeps when it opened', async () => {
    const desks = await Desks.open();
    await desks.on('web', [verdict('fail')], 1);
    const [changed] = await desks.on('web', [verdict('fail', 'a', 'web', 'another message')], 2);
    expect(changed).toMatchObject({ state: 'open', openedAt: 1, changedAt: 2 });
  });

  it('resolves what is no longer said, with the reason, and opens it anew when it returns', async () => {
    const desks = await Desks.open();
    const [opened] = await desks.on('web', [verdict('fail')], 1);
    const [resolved] = await desks.on('web', [], 2);
    expect(resolved).toMatchObject({
      id: opened?.id,
      state: 'resolved',
      resolvedAt: 2,
      resolution: 'passes',
      violations: opened?.violations,
    });
    const [again] = await desks.on('web', [verdict('fail')], 3);
    expect(again).toMatchObject({ id: opened?.id, state: 'open', openedAt: 3, resolvedAt: null });
  });

  it('neither flaps nor forgets when it opened over a restart', async () => {
    const desks = await Desks.open();
    await desks.on('web', [verdict('fail')], 1);
    await desks.restart();
    expect(await desks.on('web', [verdict('fail')], 2)).toEqual([]);
    expect(await desks.on('web', [], 3)).toMatchObject([{ state: 'resolved', openedAt: 1 }]);
  });

  it('resolves within one transaction what it opened in it', async () => {
    const desks = await Desks.open();
    const conclusions = [[verdict('fail')], []].map(
      (verdicts) => ({ about: 'resource', resource: pod('web'), verdicts, ended: 'resource deleted' }) as const,
    );
    expect(said(await desks.conclude(conclusions, 1))).toEqual([
      { state: 'open', openedAt: 1, resolution: null },
      { state: 'resolved', openedAt: 1, resolution: 'resource deleted' },
    ]);
  });

  it('leaves other policies alone where a conclusion is about some of them', async () => {
    const desks = await Desks.open();
    await desks.on('web', [verdict('fail', 'a'), verdict('fail', 'b')], 1);
    const ended = await desks.conclude(
      [
        {
          about: 'policies on resource',
          policies: new Set([policyText(policy('a'))]),
          resource: pod('web'),
          verdicts: [],
          ended: 'passes',
        },
      ],
      2,
    );
    expect(ended.map((finding) => finding.policy.name)).toEqual(['a']);
    expect(desks.ledger.size).toBe(1);
  });

  it('ends all findings of a policy that is gone', async () => {
    const desks = await Desks.open();
    await desks.on('web', [verdict('fail', 'a', 'web')], 1);
    await desks.on('db', [verdict('fail', 'a', 'db'), verdict('fail', 'b', 'db')], 1);
    const ended = await desks.conclude(
      [{ about: 'policy', policy: policyText(policy('a')), ended: 'guardrail removed' }],
      2,
    );
    expect(ended.map((finding) => finding.resource.name).toSorted()).toEqual(['db', 'web']);
    expect(desks.ledger.policies).toEqual([policyText(policy('b'))]);
  });

  it('holds open exactly what the last verdicts on each resource said, whatever came before', async () => {
    const outcome = fc.constantFrom<Outcome>('pass', 'fail', 'unknown', 'error', 'skip', 'waived');
    const step = fc.record({ name: fc.constantFrom('web', 'db'), a: outcome, b: outcome, restart: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const desks = await Desks.open();
        const last = new Map<string, string[]>();
        for (const [now, { name, a, b, restart }] of steps.entries()) {
          if (restart) await desks.restart();
          await desks.on(name, [verdict(a, 'a', name), verdict(b, 'b', name)], now);
          last.set(
            name,
            [`a ${a}`, `b ${b}`].filter((said) => !/pass|skip/.test(said)).map((said) => `${name} ${said}`),
          );
        }
        const open = (await desks.store.findings({ state: 'open' }, 100)).items;
        expect(
          open.map(({ resource, policy: { name }, outcome: o }) => `${resource.name} ${name} ${o}`).toSorted(),
        ).toEqual([...last.values()].flat().toSorted());
        await desks.store.close();
      }),
      { numRuns: 40 },
    );
  });
});
