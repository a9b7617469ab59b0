import type { Literal } from '../syntax/ast.ts';
import { Uint, double, int } from '../values/numbers.ts';
import type { Value } from '../values/value.ts';

/** The CEL value of a literal. */
export function literalValue(literal: Pick<Literal, 'value'>): Value {
  const { value } = literal;
  switch (value.type) {
    case 'int':
      return int(value.value);
    case 'uint':
      return new Uint(value.value);
    case 'double':
      return double(value.value);
    case 'null':
      return null;
    default:
      return value.value;
  }
}
