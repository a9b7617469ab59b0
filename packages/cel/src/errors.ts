/** A place in a CEL source: 1-based line and column (in code points), 0-based offset (in UTF-16 units). */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  /** The composed variable whose source it is, `x` of `variables.x`; left out where it is the expression's own. */
  readonly variable?: string;
}

/**
 * What a CEL function or operator throws when it has no value to give. The evaluator turns it into an error *value*
 * with the position of the call, so that `&&`, `||` and the macros can absorb it as the language definition asks.
 */
export class CelError extends Error {
  override readonly name = 'CelError';
  readonly position: Position | undefined;

  constructor(message: string, position?: Position) {
    super(message);
    this.position = position;
  }
}
