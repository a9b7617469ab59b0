import { index, indexOptional, select, selectOptional, unwrapped } from '../evaluate/attribute.ts';
import type { Frame } from '../evaluate/frame.ts';
import type { Value } from '../values/value.ts';

/** One step of a chain whose key is constant. */
export interface Step {
  /** A field, or an index. */
  readonly kind: 'select' | 'index';
  readonly key: string | number;
  /** Plain objects inherit something of that name. */
  readonly inherited: boolean;
  readonly offset: number;
}

/** Takes the steps one by one, as closures do: what generated code falls back on wherever a step is out of the ordinary. */
export function walkSteps(frame: Frame, from: Value, steps: readonly Step[]): Value {
  let value = from;
  for (const { kind, key, inherited, offset } of steps)
    value = kind === 'select' ? select(frame, value, String(key), inherited, offset) : index(frame, value, key, offset);
  return value;
}

/** The same from the first `.?` on; undefined is none. */
export function walkOptional(frame: Frame, from: Value, steps: readonly Step[]): Value | undefined {
  let value = unwrapped(from);
  for (const { kind, key, offset } of steps)
    value =
      kind === 'select' ? selectOptional(frame, value, String(key), offset) : indexOptional(frame, value, key, offset);
  return value;
}
