import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testUsers } from './cluster-access.ts';
import { oldServer } from './old-server.ts';
import { ScriptedProxy } from './scripted-proxy.ts';
import { sharedTestCluster } from './shared-cluster.ts';

const cluster = await sharedTestCluster();
let proxy: ScriptedProxy;

beforeEach(async () => {
  if (cluster !== undefined) proxy = await ScriptedProxy.start(cluster.url, cluster.ca);
});

afterEach(() => proxy.stop());

const namespaces = '/api/v1/namespaces';
const aggregated = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
const metadata = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1`;
const watchList = `${namespaces}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=2`;

/** Asks a server of 1.`minor`. */
async function ask(minor: number, path: string, headers: Readonly<Record<string, string>> = {}) {
  proxy.behave();
  for (const rule of oldServer(minor)) proxy.rule(rule);
  const answer = await request(`${proxy.url}${path}`, {
    headers: { authorization: `Bearer ${testUsers.admin.token}`, ...headers },
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    type: String(answer.headers['content-type']),
    encoding: answer.headers['content-encoding'],
    text,
  };
}

describe.skipIf(cluster === undefined)('an old server', () => {
  it.each([12, 26])('1.%i knows no aggregated discovery and answers with the old list', async (minor) => {
    const { type, text } = await ask(minor, '/apis', {
      accept: `${aggregated('v2')},${aggregated('v2beta1')},application/json`,
    });
    expect(type).toBe('application/json');
    expect(JSON.parse(text)).toMatchObject({ kind: 'APIGroupList' });
  });

  it.each([27, 29])('1.%i knows v2beta1 of aggregated discovery alone', async (minor) => {
    const { type, text } = await ask(minor, '/apis', {
      accept: `${aggregated('v2')},${aggregated('v2beta1')},application/json`,
      'accept-encoding': 'gzip',
    });
    expect(type).toContain('v=v2beta1');
    expect(JSON.parse(text)).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2beta1',
    });
    expect(await ask(minor, '/api', { accept: aggregated('v2') })).toMatchObject({ status: 406 });
  });

  it('1.30 knows v2 of aggregated discovery', async () => {
    const { type, text } = await ask(30, '/apis', { accept: aggregated('v2') });
    expect(type).toContain('v=v2;');
    expect(JSON.parse(text)).toMatchObject({ apiVersion: 'apidiscovery.k8s.io/v2' });
  });

  it.each([
    [12, 200, []],
    [26, 422, ['resourceVersionMatch is forbidden for watch']],
    [27, 422, ['WatchList feature gate']],
    [31, 422, ['WatchList feature gate']],
    [32, 200, ['k8s.io/initial-events-end']],
    [33, 422, ['WatchList feature gate']],
    [34, 200, ['k8s.io/initial-events-end']],
  ])('1.%i answers a WatchList with %i', async (minor, status, says) => {
    const answer = await ask(minor, watchList);
    expect(answer.status).toBe(status);
    expect(says.filter((part) => !answer.text.includes(part))).toEqual([]);
    expect(answer.text.includes('initial-events-end')).toBe(says.includes('k8s.io/initial-events-end'));
  });

  it.each([
    [14, 406],
    [15, 200],
  ])('1.%i answers %i to who accepts metadata alone', async (minor, status) => {
    const list = await ask(minor, namespaces, { accept: metadata('PartialObjectMetadataList') });
    expect(list.status).toBe(status);
    expect(list.text.includes('PartialObjectMetadataList')).toBe(status === 200);
    const watch = `${namespaces}?watch=1&timeoutSeconds=1`;
    expect(await ask(minor, watch, { accept: metadata('PartialObjectMetadata') })).toMatchObject({ status });
  });

  it('1.14 gives whole objects to who accepts these as well', async () => {
    const accept = `${metadata('PartialObjectMetadataList')},application/json`;
    expect(JSON.parse((await ask(14, namespaces, { accept })).text)).toMatchObject({ kind: 'NamespaceList' });
  });

  it.each([
    [15, undefined],
    [16, 'gzip'],
  ])('1.%i zips: %s', async (minor, encoding) => {
    const namespace = await cluster?.namespace('zipped');
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    // Answers below 128 KB are never zipped.
    await cluster?.admin.create(maps, { metadata: { name: 'large' }, data: { text: 'x'.repeat(200_000) } });
    expect(await ask(minor, maps, { 'accept-encoding': 'gzip' })).toMatchObject({ status: 200, encoding });
  });

  it.each([
    [8, 'no page ends'],
    [9, 'pages'],
  ])('1.%i: %s', async (minor, paging) => {
    const list = JSON.parse((await ask(minor, `${namespaces}?limit=1`)).text);
    expect(list.metadata.continue === undefined).toBe(paging === 'no page ends');
  });

  it.each([
    [15, '/readyz', 404],
    [16, '/readyz', 200],
    [23, '/openapi/v3', 404],
    [24, '/openapi/v3', 200],
  ])('1.%i answers %s with %i', async (minor, path, status) => {
    expect(await ask(minor, path)).toMatchObject({ status });
  });
});
