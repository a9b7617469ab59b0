import { type DeclaredLibrary, declare } from './declaration.ts';

const part = 'kubernetes.URL.() -> string';

/** Kubernetes' URLs (k8s.io/apiserver pkg/cel/library/urls.go). */
export const urlDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    declare('url', {
      string_to_url: '(string) -> kubernetes.URL',
    }),
    declare('getScheme', { url_get_scheme: part }),
    declare('getHost', { url_get_host: part }),
    declare('getHostname', { url_get_hostname: part }),
    declare('getPort', { url_get_port: part }),
    declare('getEscapedPath', { url_get_escaped_path: part }),
    declare('getQuery', {
      url_get_query: 'kubernetes.URL.() -> map(string, list(string))',
    }),
    declare('isURL', { is_url_string: '(string) -> bool' }),
  ],
};
