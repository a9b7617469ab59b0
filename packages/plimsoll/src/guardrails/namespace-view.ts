import { isJsonObject, member } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';

/** A namespace as far as it is known. */
export interface NamespaceView {
  /** The Namespace object; where it is not known, one with its name and its `kubernetes.io/metadata.name` alone. */
  readonly body: Resource['body'];
  /** Why everything besides the name is unknown; null where `body` is the real one. */
  readonly unknown: string | null;
  /** Field paths of `body` that were not kept. */
  readonly unseen: readonly string[];
}

/** The API server sets this label on every namespace (KEP-2161). */
export const nameLabel = 'kubernetes.io/metadata.name';

/** A namespace that is there, with the label that its manifest may leave to the API server. */
export function namespaceThere({ body, name, unseen }: Resource): NamespaceView {
  const metadata = member(body, 'metadata');
  const labels = member(metadata, 'labels');
  if (member(labels, nameLabel) === name) return { body, unknown: null, unseen };
  const labelled = {
    ...(isJsonObject(metadata) ? metadata : {}),
    labels: { ...(isJsonObject(labels) ? labels : {}), [nameLabel]: name },
  };
  return { body: { ...body, metadata: labelled }, unknown: null, unseen };
}

/** A namespace of which the name alone is known. */
export function namespaceByName(name: string, unknown: string): NamespaceView {
  const metadata = { name, labels: { [nameLabel]: name } };
  return { body: { apiVersion: 'v1', kind: 'Namespace', metadata }, unknown, unseen: [] };
}
