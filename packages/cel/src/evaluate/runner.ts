import type { Environment } from '../environment/environment.ts';
import type { Slots } from '../environment/slots.ts';
import type { Tree, TreeReference } from '../environment/tree.ts';
import type { Evaluate } from './frame.ts';

/** What runs an expression: closures, or what a mode put in their place. It is called as a method. */
export class Runner {
  evaluate: Evaluate;

  constructor(evaluate: Evaluate) {
    this.evaluate = evaluate;
  }
}

/** A program as it is compiled. */
export interface Compiled {
  /** At hand now; who makes something of it later asks the reference, and holds no tree. */
  readonly tree: Tree;
  readonly reference: TreeReference;
  readonly environment: Environment;
  /** Places in activations for its own variables. */
  readonly slots: Slots;
}

/**
 * Another way to run programs than by closures: it is given each program's closures, and gives a runner that does the
 * same, and may put something else in their place later. `@plimsoll/cel/generate` has two.
 */
export type Mode = (closure: Evaluate, compiled: Compiled) => Runner;
