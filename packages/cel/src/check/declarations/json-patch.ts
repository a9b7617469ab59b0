import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' JSON patches, which mutations alone have (k8s.io/apiserver pkg/cel/library/jsonpatch.go). */
export const jsonPatchDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    declare('jsonpatch.escapeKey', {
      string_jsonpatch_escapeKey_string: '(string) -> string',
    }),
  ],
};
