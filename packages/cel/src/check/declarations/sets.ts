import { type DeclaredLibrary, declare } from './declaration.ts';

/** cel-go's ext.Sets (ext/sets.go). */
export const setDeclarations: DeclaredLibrary = {
  name: 'sets',
  since: 29,
  functions: () => [
    declare('sets.contains', 'true where the first list has every element of the second', {
      list_sets_contains_list: '(list(T), list(T)) -> bool',
    }),
    declare('sets.equivalent', 'true where each list has every element of the other', {
      list_sets_equivalent_list: '(list(T), list(T)) -> bool',
    }),
    declare('sets.intersects', 'true where the lists share an element', {
      list_sets_intersects_list: '(list(T), list(T)) -> bool',
    }),
  ],
};
