import { type Dispatcher, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../test-client.ts';

/** An API server with a namespace of the test's own, real or simulated. */
export interface ContractSubject {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly token: string;
  readonly namespace: string;
  readonly create: (configMap: string, data?: string) => Promise<void>;
  readonly update: (configMap: string, data: string) => Promise<void>;
  readonly remove: (configMap: string) => Promise<void>;
  /** Defines and removes `GROUP/things`, cluster-wide; `thing` creates one. */
  readonly define: (group: string) => Promise<void>;
  readonly thing: (group: string, name: string) => Promise<void>;
  readonly undefine: (group: string) => Promise<void>;
  /** Forgets all history: etcd's, and what the API server's caches know of it. */
  readonly compact: () => Promise<void>;
  /** Lets what is under way arrive. */
  readonly pass: (milliseconds?: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Followed {
  readonly status: () => number | null;
  readonly lines: ApiObject[];
  readonly ended: () => boolean;
}

/** What the Kubernetes source relies on, held to a real API server and to the simulated one alike. */
export function apiServerContract(what: string, open: (() => Promise<ContractSubject>) | null): void {
  describe.skipIf(open === null)(`the API of ${what}`, () => {
    let at: ContractSubject;
    let stops: (() => void)[] = [];
    const maps = () => `/api/v1/namespaces/${at.namespace}/configmaps`;

    beforeEach(async () => {
      if (open !== null) at = await open();
    });
    afterEach(async () => {
      for (const stop of stops) stop();
      stops = [];
      await at.close();
    });

    const ask = async (path: string, accept: string, token: string, signal: AbortSignal) =>
      await request(at.origin + path, {
        dispatcher: at.dispatcher,
        headers: { accept, authorization: `Bearer ${token}` },
        signal,
      });

    async function get(path: string, accept = 'application/json', token = at.token) {
      const found: { readonly status: number; readonly type: string; readonly body: ApiObject }[] = [];
      void ask(path, accept, token, new AbortController().signal).then(async ({ statusCode, headers, body }) => {
        const text = await body.text();
        found.push({
          status: statusCode,
          type: String(headers['content-type']),
          body: text.startsWith('{') ? (JSON.parse(text) as ApiObject) : { text },
        });
      });
      for (let waits = 0; found.length === 0 && waits < 40; waits += 1) await at.pass();
      const [answer] = found;
      if (answer === undefined) throw new Error(`no answer: ${path}`);
      return answer;
    }

    async function follow(path: string, accept = 'application/json'): Promise<Followed> {
      const stop = new AbortController();
      stops.push(() => stop.abort());
      const lines: ApiObject[] = [];
      let status: number | null = null;
      let ended = false;
      void ask(path, accept, at.token, stop.signal)
        .then(async ({ statusCode, body }) => {
          status = statusCode;
          let rest = '';
          for await (const chunk of body) {
            const parts = (rest + String(chunk)).split('\n');
            rest = parts.pop() ?? '';
            lines.push(...parts.map((line) => JSON.parse(line) as ApiObject));
          }
          ended = true;
        })
        .catch((error: unknown) => {
          if (!stop.signal.aborted) throw error;
        });
      await at.pass();
      return { status: () => status, lines, ended: () => ended };
    }

    const said = ({ lines }: Followed) =>
      lines.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.code ?? ''}`.trim());
    const versions = ({ lines }: Followed) => lines.map(({ object }) => Number(object.metadata.resourceVersion));
    const watchList = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

    it('gives a list in pages of one version, in order, without what each item would repeat', async () => {
      for (const name of ['b', 'a', 'c']) await at.create(name);
      const first = (await get(`${maps()}?limit=2`)).body;
      expect(first).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(first['items'][0].kind).toBeUndefined();
      await at.create('d');
      const next = encodeURIComponent(first['metadata'].continue);
      const second = (await get(`${maps()}?limit=2&continue=${next}`)).body;
      const names = [...first['items'], ...second['items']].map(({ metadata }) => metadata.name);
      expect(names.filter((name) => name !== 'kube-root-ca.crt')).toEqual(['a', 'b', 'c']);
      expect(second['metadata'].resourceVersion).toBe(first['metadata'].resourceVersion);
      expect(second['metadata'].continue ?? '').toBe('');
    });

    it('answers what rests on a compacted history with 410: a continue token by status, a watch within its stream', async () => {
      for (const name of ['a', 'b', 'c']) await at.create(name);
      const { body } = await get(`${maps()}?limit=2`);
      const { continue: token, resourceVersion } = body['metadata'];
      await at.create('d');
      await at.compact();
      expect(await get(`${maps()}?limit=2&continue=${encodeURIComponent(token)}`)).toMatchObject({
        status: 410,
        body: { kind: 'Status', reason: 'Expired', code: 410 },
      });
      const watch = await follow(`${maps()}?watch=1&resourceVersion=${resourceVersion}`);
      await at.pass();
      expect(watch.status()).toBe(200);
      expect(watch.lines).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
      expect(watch.ended()).toBe(true);
    });

    it('refuses a continue token that is none', async () => {
      expect((await get(`${maps()}?limit=2&continue=nonsense`)).status).toBe(400);
    });

    it('tells a watch what happened since a version, each event with a higher one', async () => {
      await at.create('before');
      const { body } = await get(maps());
      await at.create('a');
      const watch = await follow(`${maps()}?watch=1&resourceVersion=${body['metadata'].resourceVersion}`);
      await at.update('a', '2');
      await at.remove('a');
      await at.pass();
      expect(said(watch)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
      expect(versions(watch)).toEqual(versions(watch).toSorted((a, b) => a - b));
      expect(new Set(versions(watch)).size).toBe(3);
    });

    it('begins a WatchList with what is there, and a bookmark that says so', async () => {
      await at.create('a');
      await at.create('b');
      const watch = await follow(`${maps()}?${watchList}`);
      await at.pass();
      await at.create('c');
      await at.pass();
      // Further bookmarks come now and then.
      const own = said(watch).filter((line, i, all) => line !== 'BOOKMARK' || all.indexOf(line) === i);
      expect(own.filter((line) => !line.includes('kube-root'))).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK', 'ADDED c']);
      const mark = watch.lines.find(({ type }) => type === 'BOOKMARK')?.['object'];
      expect(mark).toMatchObject({
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
      });
      expect(versions(watch)).toEqual(versions(watch).toSorted((a, b) => a - b));
    });

    it('refuses sendInitialEvents without resourceVersionMatch', async () => {
      expect((await get(`${maps()}?watch=1&sendInitialEvents=true`)).status).toBe(422);
    });

    it('accepts a watch from a version that is still to come, and says nothing', async () => {
      const { body } = await get(maps());
      const ahead = Number(body['metadata'].resourceVersion) + 1_000_000;
      const watch = await follow(`${maps()}?watch=1&resourceVersion=${ahead}`);
      await at.create('a');
      await at.pass();
      expect(watch.status()).toBe(200);
      expect(watch.lines).toEqual([]);
    });

    it('begins a watch without a version with what is there', async () => {
      await at.create('a');
      const watch = await follow(`${maps()}?watch=1`);
      await at.pass();
      expect(said(watch)).toContain('ADDED a');
    });

    it('ends a watch in order when its time is over', async () => {
      const watch = await follow(`${maps()}?watch=1&timeoutSeconds=1`);
      await at.pass(1500);
      expect(watch.ended()).toBe(true);
    });

    it('gives metadata alone where that is asked for, in lists, watches and bookmarks', async () => {
      await at.create('a', 'secret');
      const list = await get(maps(), 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
      expect(list.body['kind']).toBe('PartialObjectMetadataList');
      const watch = await follow(
        `${maps()}?${watchList}`,
        'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      );
      await at.pass();
      expect(watch.lines.map(({ object }) => object.kind)).not.toContain('ConfigMap');
      expect(said(watch)).toEqual(expect.arrayContaining(['ADDED a', 'BOOKMARK']));
      expect(JSON.stringify([list.body, watch.lines])).not.toContain('secret');
    });

    it('answers what is not there with 404, and a stranger with 401', async () => {
      expect(await get(`${maps()}/nothing`)).toMatchObject({
        status: 404,
        body: { kind: 'Status', reason: 'NotFound' },
      });
      expect((await get('/apis/no.such.group/v1/things')).status).toBe(404);
      expect((await get('/apis/no.such.group/v1')).status).toBe(404);
      expect((await get(maps(), 'application/json', 'wrong')).status).toBe(401);
    });

    it('names what it serves in aggregated discovery, and in the old lists where only those are asked for', async () => {
      const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
      const found = await get('/apis', `${aggregated},application/json`);
      expect(found.type).toContain('as=APIGroupDiscoveryList');
      const apps = found.body['items'].find(({ metadata }: ApiObject) => metadata.name === 'apps');
      const deployments = apps.versions[0].resources.find(({ resource }: ApiObject) => resource === 'deployments');
      expect(deployments).toMatchObject({ scope: 'Namespaced', singularResource: 'deployment' });
      expect(deployments.responseKind).toMatchObject({ kind: 'Deployment' });
      expect((await get('/apis')).body).toMatchObject({ kind: 'APIGroupList' });
      expect((await get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
      expect((await get('/apis/apps/v1')).body['resources']).toContainEqual(
        expect.objectContaining({ name: 'deployments', kind: 'Deployment', namespaced: true }),
      );
    });

    it('serves the type of a CRD a little after it, and deletes its objects with it before its watches end', async () => {
      const group = `${at.namespace}.example.com`;
      const path = `/apis/${group}/v1/things`;
      await at.define(group);
      for (let waits = 0; waits < 40 && (await get(path)).status === 404; waits += 1) await at.pass();
      await at.thing(group, 'one');
      const watch = await follow(`${path}?${watchList}`);
      await at.pass(500);
      await at.undefine(group);
      for (let waits = 0; waits < 80 && !watch.ended(); waits += 1) await at.pass();
      expect(said(watch).filter((line) => line !== 'BOOKMARK')).toEqual(['ADDED one', 'DELETED one']);
      expect(watch.ended()).toBe(true);
      for (let waits = 0; waits < 40 && (await get(path)).status !== 404; waits += 1) await at.pass();
      expect((await get(path)).status).toBe(404);
    });
  });
}
