import type { Fault, Naming, ProxyRule, RequestMatch } from './proxy-rule.ts';

const watches: readonly RequestMatch[] = [{ query: { watch: '1' } }, { query: { watch: 'true' } }];
const lists: readonly RequestMatch[] = [{ method: 'GET', query: { watch: null } }];
const discovery: readonly RequestMatch[] = [{ path: '/api' }, { path: '/apis' }];

const v2: Naming = { media: 'v=v2;', body: '"apidiscovery.k8s.io/v2"' };
const v2beta1: Naming = { media: 'v=v2beta1;', body: '"apidiscovery.k8s.io/v2beta1"' };

const on = (matches: readonly RequestMatch[], fault: Fault): readonly ProxyRule[] =>
  matches.map((match) => ({ match, fault }));

const forbidden = (field: string, message: string): Fault => ({
  kind: 'status',
  code: 422,
  reason: 'Invalid',
  message: `ListOptions.meta.k8s.io "" is invalid: ${field}: Forbidden: ${message}`,
});

/**
 * The rules that make a server one of version 1.`minor`, with that version's default feature gates (apiserver's
 * pkg/features/kube_features.go and the changelogs): `/version`, paging, bookmarks, WatchList, metadata-only answers,
 * aggregated discovery, gzip and health checks. Which groups, versions and fields it serves stays as it is:
 * `emulatedVersion` of a test cluster is for that.
 */
export function oldServer(minor: number): readonly ProxyRule[] {
  return [
    { match: { path: '/version' }, fault: { kind: 'json', body: versionOf(minor) } },
    ...paging(minor),
    ...watching(minor),
    ...metadataOnly(minor),
    ...aggregatedDiscovery(minor),
    // APIResponseCompression: beta in 1.16.
    ...(minor < 16 ? on([{}], { kind: 'drop-headers', names: ['accept-encoding'] }) : []),
    // /livez and /readyz came with 1.16, /openapi/v3 with 1.24.
    ...(minor < 16 ? on([{ path: /^\/(livez|readyz)/ }], missing) : []),
    ...(minor < 24 ? on([{ path: /^\/openapi\/v3/ }], missing) : []),
  ];
}

const missing: Fault = {
  kind: 'status',
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
};

function versionOf(minor: number): object {
  return {
    major: '1',
    minor: String(minor),
    gitVersion: `v1.${minor}.2`,
    gitCommit: '0',
    gitTreeState: 'clean',
    buildDate: '2018-10-24T06:43:59Z',
    goVersion: 'go1.10.4',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

/** APIListChunking: beta in 1.9. resourceVersionMatch of lists: 1.19. */
function paging(minor: number): readonly ProxyRule[] {
  const names = [...(minor < 9 ? ['limit', 'continue'] : []), ...(minor < 19 ? ['resourceVersionMatch'] : [])];
  return names.length === 0 ? [] : on(lists, { kind: 'drop-parameters', names });
}

/**
 * WatchBookmark: beta in 1.16. sendInitialEvents: unknown before 1.27; WatchList on in 1.32 and from 1.34.
 * resourceVersionMatch of a watch: ignored before 1.19, then forbidden but for WatchList (KEP-2523, KEP-3157).
 */
function watching(minor: number): readonly ProxyRule[] {
  const bookmarks = minor < 16 ? ['allowWatchBookmarks'] : [];
  if (minor < 19)
    return on(watches, { kind: 'drop-parameters', names: [...bookmarks, 'sendInitialEvents', 'resourceVersionMatch'] });
  if (minor < 27)
    return [
      ...['Exact', 'NotOlderThan'].flatMap((value) =>
        on(
          watches.map(({ query }) => ({ query: { ...query, resourceVersionMatch: value } })),
          forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch'),
        ),
      ),
      ...on(watches, { kind: 'drop-parameters', names: ['sendInitialEvents'] }),
    ];
  if (minor === 32 || minor >= 34) return [];
  return on(
    watches.map(({ query }) => ({ query: { ...query, sendInitialEvents: 'true' } })),
    forbidden(
      'sendInitialEvents',
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    ),
  );
}

/** Answers in forms of meta.k8s.io/v1 (tables, partial metadata) and watches in any such form came with 1.15. */
function metadataOnly(minor: number): readonly ProxyRule[] {
  if (minor >= 15) return [];
  return [
    ...on([{}], { kind: 'unknown-media', pattern: /^(?=.*as=)(?=.*g=meta\.k8s\.io)(?=.*v=v1(;|$))/ }),
    ...on(watches, { kind: 'unknown-media', pattern: /^(?=.*as=)(?=.*g=meta\.k8s\.io)/ }),
  ];
}

/** KEP-3352: v2beta1 on in 1.27 (alpha and off in 1.26), v2 from 1.30, v2beta1 gone in 1.33. */
function aggregatedDiscovery(minor: number): readonly ProxyRule[] {
  const unknown = (pattern: RegExp): readonly ProxyRule[] => on(discovery, { kind: 'unknown-media', pattern });
  if (minor < 27) return unknown(/as=APIGroupDiscoveryList/);
  // Our server has no v2beta1 any more; its v2 differs in the name of the version alone.
  if (minor < 30)
    return [
      ...unknown(/^(?=.*as=APIGroupDiscoveryList)(?=.*v=v2(;|$))/),
      ...on(discovery, { kind: 'media-as', asked: v2beta1, forwarded: v2 }),
    ];
  return [];
}
