/**
 * Hands out places in activations for the variables that expressions declare themselves. Programs run one after another,
 * so each begins anew: an activation stays small however many programs its environment has had. What a program computes
 * on its way, its composed variables, needs places that are not the program's: those take every other one.
 */
export class Slots {
  readonly #step: 1 | 2;
  #next: number;

  private constructor(first: number, step: 1 | 2) {
    this.#next = first;
    this.#step = step;
  }

  /** Behind the variables: those of a program that reads no composed variables. */
  static alone(variables: number): Slots {
    return new Slots(variables, 1);
  }

  /** Those of a program that does. */
  static besideComposed(variables: number): Slots {
    return new Slots(variables + 1, 2);
  }

  /** Those of composed variables, of which one computes another: all of them together. */
  static ofComposed(variables: number): Slots {
    return new Slots(variables, 2);
  }

  next(): number {
    const slot = this.#next;
    this.#next += this.#step;
    return slot;
  }
}
