import type { ApiObject } from '../test-client.ts';
import { json, noSuchPath, refusal, type SimulatedAnswer } from './answer.ts';
import { type SimulatedCluster, prefixOf } from './cluster.ts';
import { aggregatedDiscovery, aggregatedMedia, groupList, resourceList } from './discovery.ts';
import { apiVersionOf, type SimulatedType, typeId } from './types.ts';
import { watchOf } from './watch.ts';

/** A request as the server reads it. */
export interface SimulatedRequest {
  readonly url: URL;
  readonly accept: string;
  readonly authorization: string | null;
}

interface Asked {
  readonly type: SimulatedType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** How a simulated server differs from one with all its defaults. */
export interface ServerOptions {
  /** Objects of a page at most, whatever `limit` is asked for (API concepts: a page may hold fewer). */
  readonly pageLimit?: number;
}

/**
 * Answers GET requests as kube-apiserver does, as far as clients that list and watch see it: discovery, objects, lists
 * in pages, watches with bookmarks, WatchList, metadata alone. api-server-contract.test.ts holds it to a real one.
 */
export class SimulatedApiServer {
  readonly #cluster: SimulatedCluster;
  readonly #options: ServerOptions;
  /** Lists under way in pages, by the revision that they are of. */
  readonly #lists = new Map<string, readonly (readonly [string, ApiObject])[]>();

  constructor(cluster: SimulatedCluster, options: ServerOptions = {}) {
    this.#cluster = cluster;
    this.#options = options;
  }

  answer(request: SimulatedRequest): SimulatedAnswer {
    const token = request.authorization?.replace(/^Bearer /, '') ?? '';
    if (!this.#cluster.tokens.has(token)) return refusal(401, 'Unauthorized', 'Unauthorized');
    const { pathname } = request.url;
    const { types } = this.#cluster;
    if (pathname === '/version') return json(this.#version());
    if (pathname === '/api' || pathname === '/apis') return this.#discovery(pathname, request.accept, types);
    const group = /^\/(?:api|apis)\/((?:[^/]+\/)?v[^/]+)$/.exec(pathname)?.[1];
    if (group !== undefined) {
      const list = resourceList(group, types);
      return list === null ? noSuchPath : json(list);
    }
    const asked = askedOf(pathname, types);
    return asked === null ? noSuchPath : this.#resource(asked, request);
  }

  #version(): object {
    const minor = String(this.#cluster.minor);
    return { major: '1', minor, gitVersion: `v1.${minor}.0`, platform: 'linux/amd64' };
  }

  #discovery(path: '/api' | '/apis', accept: string, types: readonly SimulatedType[]): SimulatedAnswer {
    const served = types.filter(({ group }) => (group === '') === (path === '/api'));
    // Aggregated discovery is on since 1.26 (KEP-3352).
    if (this.#cluster.minor < 26 || !accept.includes('as=APIGroupDiscoveryList')) return json(groupList(path, served));
    return json(aggregatedDiscovery(served), 200, aggregatedMedia);
  }

  #resource(asked: Asked, { url, accept }: SimulatedRequest): SimulatedAnswer {
    const { type, namespace, name } = asked;
    const isWatch = ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
    const verb = name !== undefined ? 'get' : isWatch ? 'watch' : 'list';
    if (this.#cluster.forbidden.has(typeId(type))) return forbidden(asked, verb);
    const metadataOnly = accept.includes('as=PartialObjectMetadata');
    if (name !== undefined) {
      const found = this.#cluster.get(type, { name, ...(namespace === undefined ? {} : { namespace }) });
      if (found === null) return refusal(404, 'NotFound', `${typeId(type)} "${name}" not found`);
      return json(metadataOnly ? partial(found) : found);
    }
    if (isWatch) {
      const shown = (object: ApiObject): ApiObject => (metadataOnly ? partial(object) : object);
      return watchOf(this.#cluster, type, prefixOf(type, namespace), url.searchParams, shown);
    }
    return this.#list(asked, url.searchParams, metadataOnly);
  }

  #list({ type, namespace }: Asked, query: URLSearchParams, metadataOnly: boolean): SimulatedAnswer {
    const { storage } = this.#cluster;
    const asked = Number(query.get('limit') ?? 0);
    const limit = Math.min(asked || Infinity, this.#options.pageLimit ?? Infinity);
    const prefix = prefixOf(type, namespace);
    const token = query.get('continue');
    let revision = storage.revision;
    let start = '';
    if (token !== null) {
      const from = tokenOf(token);
      if (from === null) return refusal(400, 'BadRequest', 'continue key is not valid');
      ({ revision, start } = from);
    }
    const list = token === null ? storage.under(prefix) : this.#lists.get(`${revision} ${prefix}`);
    if (list === undefined || revision < storage.compacted || revision > storage.revision) {
      const message = 'The provided continue parameter is too old to display a consistent list result.';
      return refusal(410, 'Expired', message);
    }
    const rest = list.filter(([key]) => key > start);
    const page = rest.slice(0, limit);
    const last = page.at(-1)?.[0] ?? '';
    const more = rest.length > page.length;
    if (more) this.#lists.set(`${revision} ${prefix}`, list);
    const metadata = {
      resourceVersion: String(revision),
      ...(more ? { continue: Buffer.from(JSON.stringify({ revision, start: last })).toString('base64url') } : {}),
      ...(more ? { remainingItemCount: rest.length - page.length } : {}),
    };
    const items = page.map(([, object]) => (metadataOnly ? partial(object) : withoutKind(object)));
    const kind = metadataOnly ? 'PartialObjectMetadataList' : `${type.kind}List`;
    return json({ kind, apiVersion: metadataOnly ? 'meta.k8s.io/v1' : apiVersionOf(type), metadata, items });
  }
}

/** `/api/v1/…` and `/apis/GROUP/VERSION/…`, with and without namespace and name; null where nothing is served. */
function askedOf(path: string, types: readonly SimulatedType[]): Asked | null {
  const core = /^\/api\/([^/]+)\/(.+)$/.exec(path);
  const named = /^\/apis\/([^/]+)\/([^/]+)\/(.+)$/.exec(path);
  const [group = '', version = '', rest = ''] = core ? ['', core[1], core[2]] : (named?.slice(1) ?? []);
  const words = rest.split('/').map(decodeURIComponent);
  const [first = '', second, third, fourth] = words;
  const inNamespace = first === 'namespaces' && third !== undefined;
  const resource = inNamespace ? third : first;
  const type = types.find((one) => one.group === group && one.version === version && one.resource === resource);
  if (type === undefined || words.length > 4) return null;
  return inNamespace ? { type, namespace: second, name: fourth } : { type, namespace: undefined, name: second };
}

function forbidden({ type, namespace, name }: Asked, verb: string): SimulatedAnswer {
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `User "admin" cannot ${verb} resource "${type.resource}" in API group "${type.group}" ${where}`;
  return refusal(403, 'Forbidden', `${typeId(type)}${name === undefined ? '' : ` "${name}"`} is forbidden: ${what}`);
}

function tokenOf(text: string): { readonly revision: number; readonly start: string } | null {
  try {
    const { revision, start } = JSON.parse(Buffer.from(text, 'base64url').toString()) as ApiObject;
    return typeof revision === 'number' && typeof start === 'string' ? { revision, start } : null;
  } catch {
    return null; // refused like any token that is none
  }
}

function partial({ metadata }: ApiObject): ApiObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** Items of a list carry neither. */
function withoutKind({ kind: _kind, apiVersion: _apiVersion, ...rest }: ApiObject): ApiObject {
  return rest;
}
