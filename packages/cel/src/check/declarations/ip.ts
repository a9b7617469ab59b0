import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

function test(name: string, id: string): FunctionDeclaration {
  return declare(name, { [id]: 'net.IP.() -> bool' });
}

/** Kubernetes' IP addresses (k8s.io/apiserver pkg/cel/library/ip.go). */
export const ipDeclarations: DeclaredLibrary = {
  since: 30,
  functions: () => [
    declare('ip', { string_to_ip: '(string) -> net.IP' }),
    declare('family', { ip_family: 'net.IP.() -> int' }),
    declare('ip.isCanonical', {
      ip_is_canonical: '(string) -> bool',
    }),
    test('isUnspecified', 'ip_is_unspecified'),
    test('isLoopback', 'ip_is_loopback'),
    test('isLinkLocalMulticast', 'ip_is_link_local_multicast'),
    test('isLinkLocalUnicast', 'ip_is_link_local_unicast'),
    test('isGlobalUnicast', 'ip_is_global_unicast'),
    declare('isIP', { is_ip: '(string) -> bool' }),
    declare('string', { ip_to_string: '(net.IP) -> string' }),
  ],
};
