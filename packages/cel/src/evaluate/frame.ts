import type { Value } from '../values/value.ts';

/**
 * What a program reads and counts while it runs: the values of variables and loop variables by slot, composed
 * variables by index once they are computed, and the cost so far.
 */
export interface Frame {
  /** By slot; undefined for a variable that was not given. */
  readonly values: (Value | undefined)[];
  /** Composed variables (`variables.x`) that were computed already, by index. */
  readonly composed: (Value | undefined)[];
  /** Of this expression. */
  cost: number;
  /** Of the composed variables that it made be computed: each has the limit for itself. */
  composedCost: number;
  limit: number;
}

/** A compiled sub-expression. */
export type Evaluate = (frame: Frame) => Value;

/** A compiled sub-expression of optional type without its wrapper: undefined is none. */
export type EvaluateOptional = (frame: Frame) => Value | undefined;
