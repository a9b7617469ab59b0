import type { Environment } from '../environment/environment.ts';
import type { Slots } from '../environment/slots.ts';
import type { Tree, TreeReference } from '../environment/tree.ts';
import type { Evaluate } from './frame.ts';

/** What runs an expression: closures, or what a mode put in their place. */
export class Runner {
  evaluate: Evaluate;

  constructor(evaluate: Evaluate) {
    this.evaluate = evaluate;
  }
}

/** A program as it is compiled. */
interface Compiled {
  /** At hand now; who makes something of it later asks the reference, and holds no tree. */
  readonly tree: Tree;
  readonly reference: TreeReference;
  readonly environment: Environment;
  /** Places in activations for its own variables. */
  readonly slots: Slots;
}

/**
 * Another way to run programs than by closures: it is given each program's runner, and may put something that does the
 * same in the place of its closures, at once or later. `@plimsoll/cel/generate` has two.
 */
export type Mode = (runner: Runner, compiled: Compiled) => void;
