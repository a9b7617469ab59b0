import { formatNames } from '../../values/named-format.ts';
import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' named formats (k8s.io/apiserver pkg/cel/library/format.go). */
export const namedFormatDeclarations: DeclaredLibrary = {
  since: 31,
  functions: () => [
    declare('validate', {
      'format-validate': 'kubernetes.NamedFormat.(string) -> optional_type(list(string))',
    }),
    declare('format.named', {
      'format-named': '(string) -> optional_type(kubernetes.NamedFormat)',
    }),
    ...Array.from(formatNames(), (name) =>
      declare(`format.${name}`, { [`format.${name}`]: '() -> kubernetes.NamedFormat' }),
    ),
  ],
};
