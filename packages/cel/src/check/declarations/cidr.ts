import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' CIDR ranges (k8s.io/apiserver pkg/cel/library/cidr.go). */
export const cidrDeclarations: DeclaredLibrary = {
  name: 'cidr',
  since: 30,
  functions: () => [
    declare('cidr', "a range of IP addresses from its text: '10.0.0.0/8'", { string_to_cidr: '(string) -> net.CIDR' }),
    declare('containsIP', 'true where the address is in the range', {
      cidr_contains_ip_string: 'net.CIDR.(string) -> bool',
      cidr_contains_ip_ip: 'net.CIDR.(net.IP) -> bool',
    }),
    declare('containsCIDR', 'true where the other range is in this one', {
      cidr_contains_cidr_string: 'net.CIDR.(string) -> bool',
      cidr_contains_cidr: 'net.CIDR.(net.CIDR) -> bool',
    }),
    declare('ip', 'the address of a range', { cidr_ip: 'net.CIDR.() -> net.IP' }),
    declare('prefixLength', 'the bits of the prefix', { cidr_prefix_length: 'net.CIDR.() -> int' }),
    declare('masked', 'the range with the bits behind its prefix zero', { cidr_masked: 'net.CIDR.() -> net.CIDR' }),
    declare('isCIDR', 'true where the text is a range', { is_cidr: '(string) -> bool' }),
    declare('string', '', { cidr_to_string: '(net.CIDR) -> string' }),
  ],
};
