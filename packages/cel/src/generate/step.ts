import { index, indexOptional, unwrapped } from '../evaluate/attribute.ts';
import type { Frame } from '../evaluate/frame.ts';
import { type Step as PathStep, follow, select } from '../evaluate/path.ts';
import type { Value } from '../values/value.ts';

/** One step of a chain whose key is constant. */
export interface Step {
  /** The step as closures take it; null for an index. */
  readonly field: PathStep | null;
  readonly key: string | number;
  /** Plain objects inherit something of that name. */
  readonly inherited: boolean;
  readonly offset: number;
}

/** Takes the steps one by one, as closures do: what generated code falls back on wherever a step is out of the ordinary. */
export function walkSteps(frame: Frame, from: Value, steps: readonly Step[]): Value {
  let value = from;
  for (const { field, key, offset } of steps)
    value = field === null ? index(frame, value, key, offset) : select(value, field, frame);
  return value;
}

/** The same from the first `.?` on; undefined is none. */
export function walkOptional(frame: Frame, from: Value, steps: readonly Step[]): Value | undefined {
  let value = unwrapped(from);
  for (const { field, key, offset } of steps) {
    if (value === undefined) return undefined;
    value = field === null ? indexOptional(frame, value, key, offset) : follow(value, field, frame);
  }
  return value;
}
