import type { Type } from '../types/type.ts';
import type { Typing } from '../typing.ts';

/** What to tell of a macro. */
export interface MacroDoc {
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
  /** What it is called on; `none` for a global one. */
  readonly on: 'collection' | 'list' | 'optional' | 'none';
  /** Which environments have it; all where left out. */
  readonly needs?: (typing: Typing) => boolean;
}

const optionals = ({ macros }: Typing): boolean => macros.optionals;
const twoVariables = ({ macros }: Typing): boolean => macros.twoVariables;

/** Every macro; a name may stand here more than once. */
export const macroDocs: readonly MacroDoc[] = [
  { name: 'has', on: 'none', signature: 'has(object.field) -> bool', doc: 'true where the field is present' },
  {
    name: 'cel.bind',
    on: 'none',
    signature: 'cel.bind(name, value, expression)',
    doc: 'the expression with a name for the value',
    needs: ({ macros }) => macros.bind,
  },
  {
    name: 'all',
    on: 'collection',
    signature: 'all(element, condition) -> bool',
    doc: 'true where the condition holds for every element of a list or key of a map',
  },
  {
    name: 'exists',
    on: 'collection',
    signature: 'exists(element, condition) -> bool',
    doc: 'true where the condition holds for an element of a list or a key of a map',
  },
  {
    name: 'exists_one',
    on: 'collection',
    signature: 'exists_one(element, condition) -> bool',
    doc: 'true where the condition holds for exactly one element or key',
  },
  {
    name: 'filter',
    on: 'collection',
    signature: 'filter(element, condition) -> list',
    doc: 'the elements or keys for which the condition holds',
  },
  {
    name: 'map',
    on: 'collection',
    signature: 'map(element, condition?, expression) -> list',
    doc: 'what the expression gives for each element or key, for which the condition holds',
  },
  {
    name: 'transformList',
    on: 'collection',
    signature: 'transformList(index or key, value, condition?, expression) -> list',
    doc: 'what the expression gives for each element or entry',
    needs: twoVariables,
  },
  {
    name: 'transformMap',
    on: 'collection',
    signature: 'transformMap(index or key, value, condition?, expression) -> map',
    doc: 'the same keys, with what the expression gives for each',
    needs: twoVariables,
  },
  {
    name: 'transformMapEntry',
    on: 'collection',
    signature: 'transformMapEntry(index or key, value, condition?, map) -> map',
    doc: 'the entries of the maps that the expression gives',
    needs: twoVariables,
  },
  {
    name: 'sortBy',
    on: 'list',
    signature: 'sortBy(element, key) -> list',
    doc: 'the elements in the order of their keys',
    needs: ({ macros }) => macros.sortBy,
  },
  {
    name: 'optMap',
    on: 'optional',
    signature: 'optMap(value, expression) -> optional',
    doc: 'an optional of what the expression gives for the value, none where there is none',
    needs: optionals,
  },
  {
    name: 'optFlatMap',
    on: 'optional',
    signature: 'optFlatMap(value, optional) -> optional',
    doc: 'the optional that the expression gives for the value, none where there is none',
    needs: optionals,
  },
];

/** The macros that may be called on a value of that type. */
export function macrosOn(type: Type, typing: Typing): readonly MacroDoc[] {
  return macroDocs.filter(({ on, needs }) => on !== 'none' && fits(on, type) && (needs?.(typing) ?? true));
}

/** The macros that stand alone. */
export function globalMacros(typing: Typing): readonly MacroDoc[] {
  return macroDocs.filter(({ on, needs }) => on === 'none' && (needs?.(typing) ?? true));
}

function fits(on: MacroDoc['on'], type: Type): boolean {
  if (['dyn', 'any', 'error', 'param'].includes(type.kind)) return true;
  if (on === 'optional') return type.kind === 'opaque' && type.name === 'optional_type';
  return type.kind === 'list' || (type.kind === 'map' && on === 'collection');
}
