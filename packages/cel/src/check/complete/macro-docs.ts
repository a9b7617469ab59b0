import { lazy } from '../../lazy.ts';
import type { Type } from '../types/type.ts';
import type { Typing } from '../typing.ts';

/** What to tell of a macro. */
export interface MacroDoc {
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
  /** What it is called on; `none` for a global one. */
  readonly on: 'collection' | 'list' | 'optional' | 'none';
  /** Which environments have it. */
  readonly needs: (typing: Typing) => boolean;
}

function macro(on: MacroDoc['on'], signature: string, doc: string, needs: MacroDoc['needs'] = () => true): MacroDoc {
  return { name: signature.slice(0, signature.indexOf('(')), on, signature, doc, needs };
}

const optionals = ({ macros }: Typing): boolean => macros.optionals;
const twoVariables = ({ macros }: Typing): boolean => macros.twoVariables;

/** Every macro; a name may stand here more than once. */
export const macroDocs = lazy((): readonly MacroDoc[] => [
  macro('none', 'has(object.field) -> bool', 'true where the field is present'),
  macro(
    'none',
    'cel.bind(name, value, expression)',
    'the expression with a name for the value',
    ({ macros }) => macros.bind,
  ),
  macro(
    'collection',
    'all(element, condition) -> bool',
    'true where the condition holds for every element of a list or key of a map',
  ),
  macro(
    'collection',
    'exists(element, condition) -> bool',
    'true where the condition holds for an element of a list or a key of a map',
  ),
  macro(
    'collection',
    'exists_one(element, condition) -> bool',
    'true where the condition holds for exactly one element or key',
  ),
  macro('collection', 'filter(element, condition) -> list', 'the elements or keys for which the condition holds'),
  macro(
    'collection',
    'map(element, condition?, expression) -> list',
    'what the expression gives for each element or key, for which the condition holds',
  ),
  macro(
    'collection',
    'transformList(index or key, value, condition?, expression) -> list',
    'what the expression gives for each element or entry',
    twoVariables,
  ),
  macro(
    'collection',
    'transformMap(index or key, value, condition?, expression) -> map',
    'the same keys, with what the expression gives for each',
    twoVariables,
  ),
  macro(
    'collection',
    'transformMapEntry(index or key, value, condition?, map) -> map',
    'the entries of the maps that the expression gives',
    twoVariables,
  ),
  macro(
    'list',
    'sortBy(element, key) -> list',
    'the elements in the order of their keys',
    ({ macros }) => macros.sortBy,
  ),
  macro(
    'optional',
    'optMap(value, expression) -> optional',
    'an optional of what the expression gives for the value, none where there is none',
    optionals,
  ),
  macro(
    'optional',
    'optFlatMap(value, optional) -> optional',
    'the optional that the expression gives for the value, none where there is none',
    optionals,
  ),
]);

/** The macros that may be called on a value of that type. */
export function macrosOn(type: Type, typing: Typing): readonly MacroDoc[] {
  return macroDocs().filter(({ on, needs }) => on !== 'none' && fits(on, type) && needs(typing));
}

/** The macros that stand alone. */
export function globalMacros(typing: Typing): readonly MacroDoc[] {
  return macroDocs().filter(({ on, needs }) => on === 'none' && needs(typing));
}

function fits(on: MacroDoc['on'], type: Type): boolean {
  if (['dyn', 'any', 'error', 'param'].includes(type.kind)) return true;
  if (on === 'optional') return type.kind === 'opaque' && type.name === 'optional_type';
  return type.kind === 'list' || (type.kind === 'map' && on === 'collection');
}
