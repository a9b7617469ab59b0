import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' CIDR ranges (k8s.io/apiserver pkg/cel/library/cidr.go). */
export const cidrDeclarations: DeclaredLibrary = {
  since: 30,
  functions: () => [
    declare('cidr', { string_to_cidr: '(string) -> net.CIDR' }),
    declare('containsIP', {
      cidr_contains_ip_string: 'net.CIDR.(string) -> bool',
      cidr_contains_ip_ip: 'net.CIDR.(net.IP) -> bool',
    }),
    declare('containsCIDR', {
      cidr_contains_cidr_string: 'net.CIDR.(string) -> bool',
      cidr_contains_cidr: 'net.CIDR.(net.CIDR) -> bool',
    }),
    declare('ip', { cidr_ip: 'net.CIDR.() -> net.IP' }),
    declare('prefixLength', { cidr_prefix_length: 'net.CIDR.() -> int' }),
    declare('masked', { cidr_masked: 'net.CIDR.() -> net.CIDR' }),
    declare('isCIDR', { is_cidr: '(string) -> bool' }),
    declare('string', { cidr_to_string: '(net.CIDR) -> string' }),
  ],
};
