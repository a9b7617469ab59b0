import type { Composition } from '../environment/composition.ts';
import type { Evaluate, Frame } from '../evaluate/frame.ts';
import { lazy } from '../lazy.ts';
import type { Value } from '../values/value.ts';
import { type Constants, functionOf } from './writer.ts';

/** Computes a composed variable of that index and keeps it; undefined where it gives up. */
type ComputeVariable = (frame: Frame, index: number) => Value | undefined;

/** A composed variable as source text; it is code from when it is first made on. */
export class GeneratedVariable {
  readonly length: number;
  #text: string;
  #constants: Constants | null;
  #made: ComputeVariable | null = null;

  constructor(text: string, constants: Constants) {
    this.length = text.length;
    this.#text = text;
    this.#constants = constants;
  }

  /** @throws {EvalError} where code must not be generated from strings. */
  make(): ComputeVariable {
    if (this.#constants !== null) this.#made = shared(this.#text, this.#constants);
    [this.#text, this.#constants] = ['', null];
    if (this.#made === null) throw new Error('a variable that was not made');
    return this.#made;
  }
}

/** The constants as code takes them. @throws {EvalError} where code must not be generated from strings. */
export function madeOf({ values }: Constants): readonly unknown[] {
  return values.map((value) => (value instanceof GeneratedVariable ? value.make() : value));
}

interface Shared {
  readonly constants: readonly unknown[];
  readonly compute: ComputeVariable;
}

/** Texts of which the code is kept for other policies. */
const MOST_SHARED = 500;
const known = lazy(() => new Map<string, Shared>());

/**
 * Policies of one author begin with the same variables, `object.spec.containers + …`: what was made of the same text
 * and the same constants is the same function, and stays in the processor's cache from one policy to the next.
 */
function shared(text: string, constants: Constants): ComputeVariable {
  const found = known().get(text);
  const values = madeOf(constants);
  if (found?.constants.every((value, i) => value === values[i]) === true) return found.compute;
  const compute = functionOf(text, values) as ComputeVariable;
  if (known().size >= MOST_SHARED) known().clear();
  known().set(text, { constants: values, compute });
  return compute;
}

/** Variables by what composes them: each is written once. */
export const variablesOf: WeakMap<Composition, Map<number, GeneratedVariable | null>> = /* @__PURE__ */ new WeakMap();

/** The value of a variable that nobody read yet; `whole` computes it where its code gives up. */
export function computed(frame: Frame, compute: ComputeVariable, index: number, whole: Evaluate): Value {
  return compute(frame, index) ?? whole(frame);
}
