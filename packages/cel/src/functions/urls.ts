import { Url } from '../values/url.ts';
import { newMap } from '../values/value.ts';
import { walksArgument } from './cost.ts';
import { memberOf, ofText } from './define.ts';
import type { CelFunction } from './function.ts';

function query(url: Url): object {
  const map = newMap();
  for (const [name, values] of url.query) map[name] = values;
  return map;
}

/** Kubernetes' URLs (pkg/cel/library/urls.go). */
export const urlFunctions = (): readonly CelFunction[] => [
  ofText('url', (text) => Url.parse(text), walksArgument()),
  ofText('isURL', (text) => Url.whyNot(text) === null),
  memberOf(Url, 'getScheme', 0, (url) => url.scheme),
  memberOf(Url, 'getHost', 0, (url) => url.host),
  memberOf(Url, 'getHostname', 0, (url) => url.hostname),
  memberOf(Url, 'getPort', 0, (url) => url.port),
  memberOf(Url, 'getEscapedPath', 0, (url) => url.escapedPath),
  memberOf(Url, 'getQuery', 0, query),
];
