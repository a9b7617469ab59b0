import { FieldHolder } from './field-holder.ts';

/** What an expression gives where it has no value: an error, or an unknown. A value as far as `&&` and `||` go. */
export abstract class Fault extends FieldHolder {
  /** UTF-16 offset in the source of the sub-expression that it comes from, the innermost; -1 until that is known. */
  offset = -1;
}

/** An error as a value (cel-go `types.Err`). */
export class ErrorValue extends Fault {
  readonly message: string;
  /** `cost` where the evaluation was stopped by its cost limit: nothing absorbs that. */
  readonly kind: 'evaluation' | 'cost';

  constructor(message: string, kind: 'evaluation' | 'cost' = 'evaluation') {
    super();
    this.message = message;
    this.kind = kind;
  }
}

/** A value that cannot be known here (cel-go `types.Unknown`); carries what was not known, in words. */
export class Unknown extends Fault {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super();
    this.reasons = reasons;
  }

  /** Both: what `a && b` depends on where neither decides. */
  static merge(a: Unknown, b: Unknown): Unknown {
    if (a === b) return a;
    const merged = new Unknown([...new Set([...a.reasons, ...b.reasons])]);
    merged.offset = a.offset;
    return merged;
  }
}

/** The error that a dispatch without a fitting overload gives, in cel-go's words. */
export function noSuchOverload(): ErrorValue {
  return new ErrorValue('no such overload');
}
