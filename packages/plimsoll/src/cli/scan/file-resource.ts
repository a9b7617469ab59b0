import { member } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { FileObject } from '../../sources/files/file-item.ts';
import type { FileKinds } from './file-kinds.ts';

/**
 * An object of a file as a resource of `source`. A namespaced object without a namespace is in `default`
 * (guardrails.md); one with generateName alone is called by it, with `*`; one with neither has the empty name.
 */
export function fileResource(
  { apiVersion, kind, body, place }: FileObject,
  source: string,
  kinds: FileKinds,
): Resource {
  const text = (key: string) => {
    const value = member(body['metadata'], key);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const known = kinds.of(apiVersion, kind);
  const namespace = text('namespace');
  const namespaced = known?.namespaced ?? namespace !== null;
  const generated = text('generateName');
  return {
    source,
    type: known?.type ?? kinds.guess(apiVersion, kind),
    scope: namespaced ? (namespace ?? 'default') : null,
    name: text('name') ?? (generated === null ? '' : `${generated}*`),
    apiVersion,
    kind,
    uid: text('uid'),
    version: text('resourceVersion'),
    body,
    unseen: [],
    place,
  };
}
