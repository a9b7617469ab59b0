import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' regular expressions (k8s.io/apiserver pkg/cel/library/regex.go). */
export const regexDeclarations: DeclaredLibrary = {
  name: 'regex',
  since: 0,
  functions: () => [
    declare('find', 'the first match of an RE2 pattern, empty where there is none', {
      string_find_string: 'string.(string) -> string',
    }),
    declare('findAll', 'the matches of an RE2 pattern, at most as many as given', {
      string_find_all_string: 'string.(string) -> list(string)',
      string_find_all_string_int: 'string.(string, int) -> list(string)',
    }),
  ],
};
