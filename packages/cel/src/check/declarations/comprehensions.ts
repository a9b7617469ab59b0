import { type DeclaredLibrary, declare } from './declaration.ts';

/** What the macros of two variables expand to (cel-go ext/comprehensions.go). */
export const comprehensionDeclarations: DeclaredLibrary = {
  since: 32,
  functions: () => [
    declare('cel.@mapInsert', {
      '@mapInsert_map_key_value': '(map(K, V), K, V) -> map(K, V)',
      '@mapInsert_map_map': '(map(K, V), map(K, V)) -> map(K, V)',
    }),
  ],
};
