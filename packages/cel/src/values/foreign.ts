import { FieldHolder } from './field-holder.ts';
import { typeOf } from './type-of.ts';
import { isPlainMap } from './value.ts';

/**
 * What a thing is called that is no value: a function, a symbol, an instance of a class that is none of ours, an object
 * of another realm; null for a value. What lists and maps hold is not looked at.
 */
export function foreignName(thing: unknown): string | null {
  if (typeof thing === 'function' || typeof thing === 'symbol') return `a ${typeof thing}`;
  if (typeof thing !== 'object' || thing === null || isPlainMap(thing) || thing instanceof FieldHolder) return null;
  return typeOf(thing) === 'map' ? `an instance of ${thing.constructor?.name ?? 'a class'}` : null;
}
