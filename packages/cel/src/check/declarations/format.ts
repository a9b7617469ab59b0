import { type DeclaredLibrary, declare } from './declaration.ts';

const formats = [
  'dns1123Label',
  'dns1123Subdomain',
  'dns1035Label',
  'qualifiedName',
  'dns1123LabelPrefix',
  'dns1123SubdomainPrefix',
  'dns1035LabelPrefix',
  'labelValue',
  'uri',
  'uuid',
  'byte',
  'date',
  'datetime',
];

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
    ...formats.map((name) => declare(`format.${name}`, { [`format.${name}`]: '() -> kubernetes.NamedFormat' })),
  ],
};
