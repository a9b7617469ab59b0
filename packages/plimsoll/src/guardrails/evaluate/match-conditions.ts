import { Fault, Unknown } from '@plimsoll/cel';
import type { CompiledPolicy } from './compiled-policy.ts';
import { faultText } from './fault-text.ts';
import { type NotPassed, failureOf, skipFor, unknownFor } from './not-passed.ts';
import { isExhausted, limits, spend } from './spending.ts';

/** What judging comes to, but for the words: a skip that no failure caused, or `finding` for all but that and a pass. */
export type Glimpse = 'pass' | 'skip' | 'finding';

/** Where conditions are unknown the validations decide: those that hold make it a pass. */
export function glimpseConditions(compiled: CompiledPolicy): Glimpse {
  const budget = { left: limits.matchConditions };
  let failed = false;
  for (const { program } of compiled.matchConditions) {
    const value = spend(program, compiled, budget);
    if (value === false) return 'skip';
    failed ||= value !== true && !(value instanceof Unknown);
    if (value instanceof Fault && isExhausted(value)) break;
  }
  return failed ? 'finding' : 'pass';
}

/** Any false condition skips, even beside errors; an unknown one leaves the answer to the validations. */
export function judgeConditions(compiled: CompiledPolicy): NotPassed | null {
  const { matchConditions, activation } = compiled;
  const budget = { left: limits.matchConditions };
  let fault: string | null = null;
  let unknown: string | null = null;
  for (const { name, program } of matchConditions) {
    const value = spend(program, compiled, budget);
    if (value === true) continue;
    if (value instanceof Unknown) unknown ??= faultText(`matchCondition ${name}`, program, value, activation);
    else if (value instanceof Fault) {
      fault ??= faultText(`matchCondition ${name}`, program, value, activation);
      if (isExhausted(value)) break;
    } else if (value === false) return skipFor(`matchCondition ${name} does not hold`);
    else fault ??= `matchCondition ${name} is neither true nor false`;
  }
  if (fault !== null && compiled.policy.failurePolicy === 'Ignore') return failureOf(compiled.policy, fault);
  if (unknown !== null) return unknownFor(unknown);
  return fault === null ? null : failureOf(compiled.policy, fault);
}
