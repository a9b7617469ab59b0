import { ErrorValue } from '@plimsoll/cel';
import type { Fault, Program, Value } from '@plimsoll/cel';
import type { CompiledPolicy } from './compiled-policy.ts';

/** Kubernetes' cost limits (k8s.io/apiserver pkg/apis/cel/config.go). */
export const limits = { expression: 1_000_000, matchConditions: 2_500_000, validations: 10_000_000, audit: 10_000_000 };

/** What a pass may still spend. */
export interface Budget {
  left: number;
}

/** Runs an expression, and takes what it cost from the budget. */
export function spend(program: Program, { activation }: CompiledPolicy, budget: Budget): Value {
  const value = program.run(activation, Math.min(limits.expression, budget.left));
  budget.left -= activation.cost;
  return value;
}

/** True where nothing is left to spend. */
export function isExhausted(value: Fault): boolean {
  return value instanceof ErrorValue && value.kind === 'cost';
}
