import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

function test(name: string, doc: string, id: string): FunctionDeclaration {
  return declare(name, doc, { [id]: 'net.IP.() -> bool' });
}

/** Kubernetes' IP addresses (k8s.io/apiserver pkg/cel/library/ip.go). */
export const ipDeclarations: DeclaredLibrary = {
  name: 'ip',
  since: 30,
  functions: () => [
    declare('ip', 'an IP address from its text', { string_to_ip: '(string) -> net.IP' }),
    declare('family', '4 or 6', { ip_family: 'net.IP.() -> int' }),
    declare('ip.isCanonical', 'true where the text is an IP address in its canonical form', {
      ip_is_canonical: '(string) -> bool',
    }),
    test('isUnspecified', 'true for 0.0.0.0 and ::', 'ip_is_unspecified'),
    test('isLoopback', 'true for loopback addresses', 'ip_is_loopback'),
    test('isLinkLocalMulticast', 'true for link-local multicast addresses', 'ip_is_link_local_multicast'),
    test('isLinkLocalUnicast', 'true for link-local unicast addresses', 'ip_is_link_local_unicast'),
    test('isGlobalUnicast', 'true for global unicast addresses', 'ip_is_global_unicast'),
    declare('isIP', 'true where the text is an IP address', { is_ip: '(string) -> bool' }),
    declare('string', '', { ip_to_string: '(net.IP) -> string' }),
  ],
};
