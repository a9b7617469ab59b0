import { type JsonObject, member } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { FileObject } from './file-item.ts';
import type { FileKinds } from '../../model/kinds.ts';
import { withoutNullMembers } from './null-members.ts';

/**
 * An object of a file as a resource of `source`. A namespaced object without a namespace is in `default`;
 * one with generateName alone is called by it, with `*`; one with neither has the empty name.
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
    ...kept(apiVersion, kind, body),
    place,
  };
}

const secretFields = ['data', 'stringData'];

/** What is kept of a body: all that the API server would see, but of a Secret no value, whether it has one or not. */
function kept(apiVersion: string, kind: string, written: JsonObject): Pick<Resource, 'body' | 'unseen'> {
  const body = isOfKubernetes(apiVersion) ? withoutNullMembers(written) : written;
  if (apiVersion !== 'v1' || kind !== 'Secret') return { body, unseen: [] };
  return {
    body: Object.fromEntries(Object.entries(body).filter(([key]) => !secretFields.includes(key))),
    unseen: secretFields,
  };
}

/** True for groups of Kubernetes itself; in others a field may be nullable. */
function isOfKubernetes(apiVersion: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return !group.includes('.') || group.endsWith('.k8s.io');
}
