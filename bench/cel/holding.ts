import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as cel from '@plimsoll/cel';
import { type Figure, figure } from '../figures.ts';
import type { Check } from './checks.ts';
import { type Held, holder, modes } from './ours.ts';

const POLICIES = 10_000;
const TARGET_MB = 100;

/** The heap that many compiled policies take, no two alike: each exempts an object of its own name. */
export function holding(checks: readonly Check[]): readonly Figure[] {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const hold = holder(cel);
  return modes.map(({ name, options }) => {
    const held: Held[] = [];
    const before = used();
    for (let i = 0; i < POLICIES; i += 1) {
      const check = checks[i % checks.length];
      if (check !== undefined) held.push(hold(exempting(check, `exempt-${i}`), options));
    }
    const megabytes = (used() - before) / 1024 ** 2;
    if (held.length < POLICIES) throw new Error('not all are held');
    return figure(`${POLICIES} policies held (${name}), MB`, 'lower', [megabytes], TARGET_MB);
  });
}

function exempting(check: Check, name: string): Check {
  return { ...check, validations: check.validations.map((source) => `${source} || object.metadata.name == '${name}'`) };
}
