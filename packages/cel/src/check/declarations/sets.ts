import { type DeclaredLibrary, declare } from './declaration.ts';

/** cel-go's ext.Sets (ext/sets.go). */
export const setDeclarations: DeclaredLibrary = {
  since: 29,
  functions: () => [
    declare('sets.contains', {
      list_sets_contains_list: '(list(T), list(T)) -> bool',
    }),
    declare('sets.equivalent', {
      list_sets_equivalent_list: '(list(T), list(T)) -> bool',
    }),
    declare('sets.intersects', {
      list_sets_intersects_list: '(list(T), list(T)) -> bool',
    }),
  ],
};
