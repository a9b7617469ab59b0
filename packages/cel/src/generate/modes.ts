import type { Environment } from '../environment/environment.ts';
import type { Slots } from '../environment/slots.ts';
import type { TreeReference } from '../environment/tree.ts';
import type { Evaluate, Frame } from '../evaluate/frame.ts';
import { type Compiled, type Mode, Runner } from '../evaluate/runner.ts';
import type { Value } from '../values/value.ts';
import { isGenerationAllowed } from './allowed.ts';
import { generate, instantiate } from './generate.ts';
import { reserve } from './room.ts';

/** Runs after which generated code has paid for its making, several times over. */
const PAYS_AFTER = 1_000;

/**
 * JavaScript made of the expression, at once: it is faster than closures, takes longer to make, and cannot be made
 * where code from strings is forbidden (`--disallow-code-generation-from-strings`, a content security policy without
 * `unsafe-eval`).
 * @throws {EvalError} there, when a program is compiled.
 */
export const generated: Mode = (_, { tree, environment, slots }) =>
  new Runner(instantiate(generate(tree, environment, slots, environment.composed?.size ?? 0)));

/** Closures at first; JavaScript made of the expression where it pays and may be made. */
export const auto: Mode = (closure, compiled) => new Waiting(closure, compiled);

/** Counts the runs of closures. Thousands are held: all that one needs is in itself, and none has a function of its own. */
class Waiting extends Runner {
  readonly closure: Evaluate;
  readonly #reference: TreeReference;
  readonly #environment: Environment;
  readonly #slots: Slots;
  /** Variables that are composed later are none of this expression's. */
  readonly #composed: number;
  left = PAYS_AFTER;

  constructor(closure: Evaluate, { reference, environment, slots }: Compiled) {
    super(runAndCount);
    this.closure = closure;
    this.#reference = reference;
    this.#environment = environment;
    this.#slots = slots;
    this.#composed = environment.composed?.size ?? 0;
  }

  makeCode(): void {
    const { tree } = this.#reference;
    const made = isGenerationAllowed() ? generate(tree, this.#environment, this.#slots, this.#composed) : null;
    this.evaluate = made !== null && reserve(this, made.length) ? instantiate(made) : this.closure;
  }
}

function runAndCount(this: Waiting, frame: Frame): Value {
  this.left -= 1;
  if (this.left === 0) this.makeCode();
  return this.closure(frame);
}
