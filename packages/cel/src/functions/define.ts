import { CelError } from '../errors.ts';
import { noSuchOverload } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { CelFunction, Cost } from './function.ts';

/** A class of values, as `instanceof` knows it. */
export type Kind<T extends object> = abstract new (...args: never[]) => T;

/** A member of the values of one class, whose namesakes of other classes are told from it by their target. */
export function memberOf<T extends object>(
  kind: Kind<T>,
  name: string,
  further: number,
  apply: (target: T, ...args: Value[]) => Value,
  cost?: Cost,
): CelFunction {
  return {
    name,
    style: 'member',
    arity: [further + 1],
    accepts: (first) => first instanceof kind,
    apply: (target, ...args) => (target instanceof kind ? apply(target, ...args) : noSuchOverload()),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** A global function of one text. */
export function ofText(name: string, apply: (text: string) => Value, cost?: Cost): CelFunction {
  return {
    name,
    style: 'global',
    arity: [1],
    apply: (text) => (typeof text === 'string' ? apply(text) : noSuchOverload()),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** False where parsing throws a CelError, else true. */
export function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}
