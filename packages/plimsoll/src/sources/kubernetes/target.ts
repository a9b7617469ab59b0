import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import type { ServedType } from '../../model/served.ts';
import { apiVersionOf } from '../../model/served.ts';

/** One type in one scope: what one list and one watch cover. */
export interface Target {
  readonly type: string;
  readonly group: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** null: everywhere. */
  readonly scope: string | null;
  readonly metadataOnly: boolean;
}

/** The target of a served type in its held version; null where the server cannot list it. */
export function targetOf(served: ServedType, metadataOnly: boolean): Target | null {
  if (served.heldVersion === null) return null;
  const { type, group, kind, resource, namespaced, heldVersion } = served;
  const apiVersion = apiVersionOf(group, heldVersion);
  return { type, group, apiVersion, kind, resource, namespaced, scope: null, metadataOnly };
}

/** Whether a served type's held version can be watched as well as listed. */
export function isWatchable(served: ServedType): boolean {
  return served.versions.some(({ version, verbs }) => version === served.heldVersion && verbs.includes('watch'));
}

/** The path of the target's collection, without a query. */
export function pathOf(target: Target): string {
  const root = target.group === '' ? '/api' : '/apis';
  const place = target.scope === null ? '' : `/namespaces/${encodeURIComponent(target.scope)}`;
  return `${root}/${target.apiVersion}${place}/${target.resource}`;
}

/**
 * The Accept header. For metadata-only types there is no plain-JSON choice: a server that cannot give metadata alone
 * answers 406, never whole Secrets. v1beta1 is for servers before 1.15.
 */
export function acceptOf(target: Target, form: 'list' | 'watch'): string {
  if (!target.metadataOnly) return 'application/json';
  const kind = form === 'list' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata';
  return ['v1', 'v1beta1'].map((version) => `application/json;as=${kind};g=meta.k8s.io;v=${version}`).join(',');
}

/**
 * Whether a list at `now` may be older than `cursor`: resourceVersions are compared as numbers where both are (KEP-5504);
 * anything else cannot be compared, and counts as older.
 */
export function isBehind(now: string | null, cursor: string): boolean {
  const digits = /^\d+$/;
  if (now === null || !digits.test(now) || !digits.test(cursor)) return true;
  return BigInt(now) < BigInt(cursor);
}

/**
 * Whether an event of a watch is older than what the watch has told already: within one watch versions rise (KEP-5504).
 * Where they are no numbers nothing is late.
 */
export function isLate(version: string | null, cursor: string | null): boolean {
  if (version === null || cursor === null || !/^[1-9]\d*$/.test(version) || !/^[1-9]\d*$/.test(cursor)) return false;
  return version.length === cursor.length ? version < cursor : version.length < cursor.length;
}

/** The object's resourceVersion; null where it has none. */
export function versionOf(object: Json): string | null {
  const version = member(member(object, 'metadata'), 'resourceVersion');
  return typeof version === 'string' && version !== '' ? version : null;
}

/** Whether a bookmark ends the initial events of a WatchList (KEP-3157). */
export function endsInitialEvents(object: Json): boolean {
  return member(member(member(object, 'metadata'), 'annotations'), 'k8s.io/initial-events-end') === 'true';
}
