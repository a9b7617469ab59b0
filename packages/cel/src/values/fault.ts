import { FieldHolder } from './field-holder.ts';

/** What an expression gives where it has no value: an error, or an unknown. A value as far as `&&` and `||` go. */
export abstract class Fault extends FieldHolder {
  /** UTF-16 offset in the source of the sub-expression that it comes from, the innermost; -1 until that is known. */
  offset = -1;
  /** The composed variable whose source that is, `x` of `variables.x`; null: the program's own. */
  variable: string | null = null;
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

/**
 * A value that cannot be known here (cel-go `types.Unknown`); carries what was not known, in words. What an expression
 * gives is unknown wherever that value could change it, and definite where no value could:
 *
 * - A list that holds one has its length; `==` and `in` are definite where the elements that are known decide.
 * - A map that holds one may lack its key: `has`, `in`, `size`, `==` and loops are definite where the other entries
 *   decide, whatever it is and whether or not it is there. Of a key that is `there` only the value is unknown.
 * - Any other function of a list or map that holds one, however deep, is unknown, and so is what is made of one: `[x]`,
 *   `{k: x}`. Lists and maps go on as they are where they are put together, chosen, sliced or looped over.
 */
export class Unknown extends Fault {
  readonly reasons: readonly string[];
  /** True of the value of a map's key that is known to be there. */
  readonly there: boolean;

  constructor(reasons: readonly string[], there = false) {
    super();
    this.reasons = reasons;
    this.there = there;
  }

  /** Both: what `a && b` depends on where neither decides. */
  static merge(a: Unknown, b: Unknown): Unknown {
    if (a === b) return a;
    const merged = new Unknown([...new Set([...a.reasons, ...b.reasons])]);
    merged.offset = a.offset;
    merged.variable = a.variable;
    return merged;
  }
}

/** The error that a dispatch without a fitting overload gives, in cel-go's words. */
export function noSuchOverload(): ErrorValue {
  return new ErrorValue('no such overload');
}
