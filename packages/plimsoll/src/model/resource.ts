import type { JsonObject } from './json.ts';

/** The four words that name a resource. `scope` is the namespace, null where there is none. */
export interface ResourceKey {
  /** The user's name for the cluster, account or folder that it comes from. */
  readonly source: string;
  /** `GROUP/RESOURCE` for Kubernetes (`core/pods`), the cloud's own type name elsewhere. */
  readonly type: string;
  readonly scope: string | null;
  readonly name: string;
}

/** Where in a file a resource was read. */
export interface FilePlace {
  /** Path as the user would type it; `-` for standard input. */
  readonly file: string;
  /** 1-based number of the document (or list item) in the file. */
  readonly document: number;
  /** 1-based line in the file where the resource begins. */
  readonly line: number;
}

/** An object in a version that it is not held in, as the server converts it; `body` null: why it could not be read. */
export interface Form {
  readonly apiVersion: string;
  readonly kind: string;
  readonly body: JsonObject | null;
  readonly unknown: string | null;
}

/** One resource as a source saw it. */
export interface Resource extends ResourceKey {
  /** For example `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly uid: string | null;
  /** The source's own version of this resource (Kubernetes: resourceVersion), opaque; null where there is none. */
  readonly version: string | null;
  /** The object. managedFields and last-applied are reduced by the source; see `unseen`. */
  readonly body: JsonObject;
  /**
   * Field paths of `body` that exist or may exist but were not kept (`data`, `metadata.managedFields`): an expression
   * that reads one of them, or something under it, has no answer (*unknown*), never *absent*.
   */
  readonly unseen: readonly string[];
  readonly place: FilePlace | null;
  /** The same object in other versions, as far as guardrails need them ({@link Form}); left out where none does. */
  readonly forms?: readonly Form[];
}

/** One string for a key, usable in maps: the four words joined by NUL, which none of them may hold. */
export function keyText(key: ResourceKey): string {
  return `${key.source}\0${key.type}\0${key.scope ?? ''}\0${key.name}`;
}

/** The key of a text of {@link keyText}. */
export function keyOfText(text: string): ResourceKey {
  const [source = '', type = '', scope = '', name = ''] = text.split('\0');
  return { source, type, scope: scope === '' ? null : scope, name };
}

/** How a resource is shown: `source/type/scope/name`, scope left out where there is none. */
export function displayName(key: ResourceKey): string {
  return [key.source, key.type, ...(key.scope === null ? [] : [key.scope]), key.name].join('/');
}
