import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' regular expressions (k8s.io/apiserver pkg/cel/library/regex.go). */
export const regexDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    declare('find', {
      string_find_string: 'string.(string) -> string',
    }),
    declare('findAll', {
      string_find_all_string: 'string.(string) -> list(string)',
      string_find_all_string_int: 'string.(string, int) -> list(string)',
    }),
  ],
};
