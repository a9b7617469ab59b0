import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as cel from '@plimsoll/cel';
import { auto } from '@plimsoll/cel/generate';
import { type Figure, figure } from '../figures.ts';
import type { Check } from './checks.ts';
import { type Held, holder } from './ours.ts';

const POLICIES = 10_000;
const TARGET_MB = 100;
/** Generated code is held for as much source as there is room for, whatever the number of policies. */
const held = [
  { name: 'closures', options: {} },
  { name: 'auto', options: { mode: auto } },
];

/** The heap that many compiled policies take, no two alike: each exempts an object of its own name. */
export async function holding(checks: readonly Check[]): Promise<readonly Figure[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = async (): Promise<number> => {
    // What a WeakRef was asked for lives as long as the job that asked.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    return process.memoryUsage().heapUsed;
  };
  const hold = holder(cel);
  const figures: Figure[] = [];
  for (const { name, options } of held) {
    const policies: Held[] = [];
    const before = await used();
    for (let i = 0; i < POLICIES; i += 1) {
      const check = checks[i % checks.length];
      if (check !== undefined) policies.push(hold(exempting(check, `exempt-${i}`), options));
    }
    const megabytes = ((await used()) - before) / 1024 ** 2;
    if (policies.length < POLICIES) throw new Error('not all are held');
    figures.push(figure(`${POLICIES} policies held (${name}), MB`, 'lower', [megabytes], TARGET_MB));
  }
  return figures;
}

function exempting(check: Check, name: string): Check {
  return { ...check, validations: check.validations.map((source) => `${source} || object.metadata.name == '${name}'`) };
}
