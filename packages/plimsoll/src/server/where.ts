import { storedDialect } from '../guardrails/evaluate/dialect.ts';
import type { Value } from '@plimsoll/cel';
import { PlimsollError } from '../model/errors.ts';

/** A list's filter. */
export interface WhereFilter<Item> {
  /** True where the expression is true for the item; without an expression for every item. */
  readonly test: (item: Item) => boolean;
  /**
   * Items for which the expression had no answer (an error, an unknown, no boolean), and the first reason.
   *
   * @throws PlimsollError PLM1006 where it gave values, and a boolean for none of the items: it is no filter
   */
  readonly undecided: () => { readonly count: number; readonly example: string | null };
}

/**
 * Compiles `where`: CEL of Kubernetes' dialect whose variables are `fields`, the fields of the list's item.
 *
 * @throws PlimsollError PLM1006 with the caret where it does not compile
 */
export async function whereFilter<Item extends object>(
  expression: string | undefined,
  fields: readonly string[],
): Promise<WhereFilter<Item>> {
  if (expression === undefined) return { test: () => true, undecided: () => ({ count: 0, example: null }) };
  const { Activation, CompileError, ErrorValue, Unknown, compile, kubernetes, parse } = await import('@plimsoll/cel');
  const { auto } = await import('@plimsoll/cel/generate');
  const { version, expressions } = storedDialect(null);
  const environment = kubernetes(version, expressions, { variables: fields });
  try {
    const program = compile(parse(expression), environment, { mode: auto });
    const activation = new Activation(environment);
    let count = 0;
    let example: string | null = null;
    let booleans = 0;
    let other: Value | undefined;
    const test = (item: Item): boolean => {
      for (const name of fields) activation.set(name, undefined);
      const plain: object = item;
      const members: [string, Value][] = Object.entries(plain);
      for (const [name, value] of members) if (fields.includes(name)) activation.set(name, value);
      const value = program.run(activation);
      if (typeof value === 'boolean') {
        booleans += 1;
        return value;
      }
      count += 1;
      if (value instanceof ErrorValue) example ??= value.message;
      else if (value instanceof Unknown) example ??= value.reasons.join(', ');
      else {
        other ??= value;
        example ??= 'the expression gives no boolean';
      }
      return false;
    };
    const undecided = () => {
      if (other !== undefined && booleans === 0)
        throw new PlimsollError('PLM1006', `where must give true or false; '${expression}' gives ${typeName(other)}.`);
      return { count, example };
    };
    return { test, undecided };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new PlimsollError('PLM1006', error.message.replaceAll('<input>', 'where'), {}, { cause: error });
  }
}

/** The CEL type of a value that is no boolean, for a person. */
function typeName(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  return Array.isArray(value) ? 'a list' : 'an object';
}
