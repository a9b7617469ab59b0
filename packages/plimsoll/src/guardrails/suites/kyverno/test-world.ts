import type { Value } from '@plimsoll/cel';
import type { KyvernoHost } from '@plimsoll/cel/kyverno';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import { FileKinds } from '../../../model/kinds.ts';
import type { Resource } from '../../../model/resource.ts';
import type { FileObject } from '../../../sources/files/file-item.ts';
import { namespaceThere } from '../../namespace-view.ts';
import type { World } from '../../world.ts';
import type { KyvernoTest } from './test-schema.ts';

const kinds = new FileKinds();

/** An object as a resource; what has a namespace and names none is in `default`, as Kyverno's command line has it. */
export function resourceOf(
  body: JsonObject,
  place: FileObject['place'] | null,
  table: Pick<FileKinds, 'of' | 'guess'> = kinds,
): Resource {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const [apiVersion, kind] = [text(body['apiVersion']), text(body['kind'])];
  const metadata = (body['metadata'] ?? {}) as JsonObject;
  const known = table.of(apiVersion, kind);
  const given = text(metadata['namespace']);
  const isNamespaced = known?.namespaced ?? given !== '';
  const scope = isNamespaced ? given || 'default' : null;
  return {
    source: 'files',
    type: known?.type ?? table.guess(apiVersion, kind),
    scope,
    name: text(metadata['name']),
    apiVersion,
    kind,
    uid: null,
    version: null,
    body: scope === null ? body : { ...body, metadata: { ...metadata, namespace: scope } },
    unseen: [],
    place,
  };
}

/** What a test gives besides the judged resource. */
export interface TestGivens {
  readonly resources: readonly Resource[];
  readonly namespaces: readonly Resource[];
  readonly test: Pick<KyvernoTest, 'apiCallResponses' | 'globalContextEntries'>;
  /** What registries hold of images, by their references. */
  readonly images: ReadonlyMap<string, JsonObject>;
  /** Of entries of the global context that are resources. */
  readonly entries: ReadonlyMap<string, readonly JsonObject[]>;
  readonly kinds: FileKinds;
}

/** A world in which there is what a test says, and nothing else: what it does not say is not there. */
export function testWorld(givens: TestGivens): World {
  const { resources, namespaces } = givens;
  return {
    namespace: (_, name) => {
      const found = [...namespaces, ...resources].find((one) => one.type === 'core/namespaces' && one.name === name);
      return namespaceThere(found ?? resourceOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, null));
    },
    list: (_, type, scope) => ({
      items: resources.filter((one) => one.type === type && (scope === null || one.scope === scope)),
    }),
    has: () => false,
    typeOfKind: (_, apiVersion, kind) =>
      givens.kinds.of(apiVersion, kind) ?? { type: givens.kinds.guess(apiVersion, kind), namespaced: true },
    // A test is the whole cluster: what is not given is not there.
    served: () => [],
    asked: answers(givens),
  };
}

/** What a test says of the network, of registries and of the global context. */
function answers(givens: TestGivens): KyvernoHost {
  return (question, args) => {
    const [first = null, second = ''] = args;
    if (question === 'http.get') return response(givens, 'GET', first);
    if (question === 'http.post') return response(givens, 'POST', first);
    if (question === 'image.getMetadata') return givens.images.get(String(first));
    return question === 'globalContext.get' ? entry(givens, first, second) : undefined;
  };
}

function response({ test }: TestGivens, method: 'GET' | 'POST', url: Value): Value | undefined {
  const isIt = (one: { readonly url?: string | undefined; readonly method: string }) =>
    one.url === url && (one.method === '' || one.method === method);
  const found = test.apiCallResponses.find(isIt);
  return found === undefined
    ? undefined
    : { statusCode: found.response.statusCode, body: found.response.body as Value };
}

const plainPath = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** An entry with its projections, as far as their paths of JMESPath are names alone: others are not read. */
function entry({ test, entries }: TestGivens, name: Value, projection: Value): Value | undefined {
  const found = test.globalContextEntries.find((one) => one.name === name);
  if (found === undefined) return undefined;
  const whole: Json | undefined = found.data ?? entries.get(found.name);
  const root = found.fieldPath === '' ? whole : atPath(whole, found.fieldPath);
  const projections = found.projections.map((one) => [one.name, atPath(root, one.path)] as const);
  if (root === undefined || projections.some(([, value]) => value === undefined)) return undefined;
  if (projection !== '') return projections.find(([key]) => key === projection)?.[1];
  if (projections.length === 0) return root;
  return Object.fromEntries(projections) as Value;
}

function atPath(root: Json | undefined, path: string): Json | undefined {
  if (!plainPath.test(path)) return undefined;
  return path.split('.').reduce<Json | undefined>((value, key) => member(value, key), root);
}
