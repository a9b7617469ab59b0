import type { Evaluate } from '../evaluate/frame.ts';
import { isGenerationAllowed } from './allowed.ts';
import { type Generated, instantiate } from './generate.ts';
import { reserve } from './room.ts';

/**
 * How a program runs. `closures` run anywhere. `generated` is JavaScript made of the expression, which is faster, takes
 * longer to make, and cannot be made where code from strings is forbidden (`--disallow-code-generation-from-strings`, a
 * content security policy without `unsafe-eval`). `auto` begins with closures and goes over where it pays and may.
 */
export type Mode = 'auto' | 'closures' | 'generated';

/** Runs after which generated code has paid for its making, several times over. */
const PAYS_AFTER = 1_000;

/** What runs an expression: closures, and from some point on, by its mode, generated code that does the same. */
export class Runner {
  evaluate: Evaluate;
  readonly #generate: () => Generated;

  /** @throws {EvalError} where code is to be generated at once and must not be. */
  constructor(mode: Mode, closure: Evaluate, generate: () => Generated) {
    this.#generate = generate;
    this.evaluate =
      mode === 'generated' ? instantiate(generate()) : mode === 'auto' ? this.#counting(closure) : closure;
  }

  #counting(closure: Evaluate): Evaluate {
    let left = PAYS_AFTER;
    return (frame) => {
      left -= 1;
      if (left === 0) this.evaluate = this.#generated() ?? closure;
      return closure(frame);
    };
  }

  #generated(): Evaluate | null {
    if (!isGenerationAllowed()) return null;
    const generated = this.#generate();
    return reserve(this, generated.length) ? instantiate(generated) : null;
  }
}
