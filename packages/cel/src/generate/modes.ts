import type { Mode } from '../evaluate/runner.ts';
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
export const generated: Mode = (runner, { tree, environment, slots }) => {
  runner.evaluate = instantiate(generate(tree, environment, slots, environment.composed?.size ?? 0));
};

/** Closures at first; JavaScript made of the expression where it pays and may be made. */
export const auto: Mode = (runner, { reference, environment, slots }) => {
  const closure = runner.evaluate;
  // Variables that are composed later are none of this expression's.
  const composed = environment.composed?.size ?? 0;
  let left = PAYS_AFTER;
  runner.evaluate = (frame) => {
    left -= 1;
    if (left === 0) {
      const made = isGenerationAllowed() ? generate(reference.tree, environment, slots, composed) : null;
      const fits = made !== null && reserve(runner, made.length);
      runner.evaluate = fits ? instantiate(made) : closure;
    }
    return closure(frame);
  };
};
