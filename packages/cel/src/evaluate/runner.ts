import type { Environment } from '../environment/environment.ts';
import type { TreeReference } from '../environment/tree.ts';
import type { Evaluate } from './frame.ts';

/** What runs an expression: closures, or what a mode put in their place. */
export class Runner {
  evaluate: Evaluate;

  constructor(evaluate: Evaluate) {
    this.evaluate = evaluate;
  }
}

/**
 * Another way to run programs than by closures: it is given each program's runner, and may put something that does the
 * same in the place of its closures, at once or later. `@plimsoll/cel/generate` has two.
 */
export type Mode = (runner: Runner, reference: TreeReference, environment: Environment) => void;
