import type { JsonObject } from '../model/json.ts';
import { FileKinds } from '../model/kinds.ts';
import type { Resource } from '../model/resource.ts';

const kinds = new FileKinds();

/** An object as a resource of a source, in the namespace that it names; one with generateName is called by it, with `*`. */
export function resourceOf(body: JsonObject, source = 'files'): Resource {
  const [apiVersion, kind] = [String(body['apiVersion']), String(body['kind'])];
  const metadata = (body['metadata'] ?? {}) as { name?: string; generateName?: string; namespace?: string };
  const { name, generateName, namespace = null } = metadata;
  return {
    source,
    type: kinds.of(apiVersion, kind)?.type ?? kinds.guess(apiVersion, kind),
    scope: namespace,
    name: name ?? (generateName === undefined ? '' : `${generateName}*`),
    apiVersion,
    kind,
    uid: null,
    version: null,
    body,
    unseen: [],
    place: null,
  };
}
