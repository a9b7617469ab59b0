import { type DeclaredLibrary, declare } from './declaration.ts';

const part = 'kubernetes.URL.() -> string';

/** Kubernetes' URLs (k8s.io/apiserver pkg/cel/library/urls.go). */
export const urlDeclarations: DeclaredLibrary = {
  name: 'urls',
  since: 0,
  functions: () => [
    declare('url', 'a URL from its text; an error where it is none', {
      string_to_url: '(string) -> kubernetes.URL',
    }),
    declare('getScheme', 'the scheme of a URL, empty where it has none', { url_get_scheme: part }),
    declare('getHost', 'host and port of a URL', { url_get_host: part }),
    declare('getHostname', 'the host of a URL without its port', { url_get_hostname: part }),
    declare('getPort', 'the port of a URL, empty where it has none', { url_get_port: part }),
    declare('getEscapedPath', 'the path of a URL, escaped', { url_get_escaped_path: part }),
    declare('getQuery', 'the query of a URL: each key with its values', {
      url_get_query: 'kubernetes.URL.() -> map(string, list(string))',
    }),
    declare('isURL', 'true where the text is a URL', { is_url_string: '(string) -> bool' }),
  ],
};
