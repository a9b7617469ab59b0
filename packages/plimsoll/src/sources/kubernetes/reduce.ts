import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../model/json.ts';
import { isJsonObject, member } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { ApiFailure } from './failure.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const lastAppliedPath = `metadata.annotations["${LAST_APPLIED}"]`;

/** What the reduction needs to know of a type. */
export interface ReducedType {
  readonly source: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Keep nothing but metadata, whatever the server sent. */
  readonly metadataOnly: boolean;
}

/** Top-level fields that an object of a metadata-only type may have and that were not asked for. */
const bodyFields: ReadonlyMap<string, readonly string[]> = new Map([
  ['core/configmaps', ['binaryData', 'data', 'immutable']],
  ['core/secrets', ['data', 'immutable', 'stringData', 'type']],
]);
/** For any other metadata-only type: what Kubernetes objects have beside metadata. */
const usualFields: readonly string[] = ['data', 'spec', 'status'];

function string(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Who wrote with which apiVersion, and when: the upgrade planner reads it. The field sets are let go. */
function reducedManagers(managers: Json): Json {
  if (!Array.isArray(managers)) return managers;
  return managers.map((entry: Json) =>
    isJsonObject(entry)
      ? Object.fromEntries(
          ['manager', 'operation', 'apiVersion', 'time', 'subresource'].flatMap((key) => {
            const value = member(entry, key);
            return value === undefined ? [] : [[key, value]];
          }),
        )
      : entry,
  );
}

/**
 * The annotation reduced to the apiVersion that was applied and a hash. A Secret's holds its values: of metadata-only
 * types no hash is kept, since short values could be guessed from it.
 */
function reducedLastApplied(text: string, withHash: boolean): string {
  const apiVersion = /"apiVersion"\s*:\s*"([^"\\]*)"/.exec(text)?.[1] ?? null;
  const hash = withHash ? { hash: createHash('sha256').update(text).digest('hex').slice(0, 16) } : {};
  return JSON.stringify({ apiVersion, ...hash });
}

function reducedMetadata(metadata: JsonObject, metadataOnly: boolean, unseen: string[]): JsonObject {
  const managers = member(metadata, 'managedFields');
  const annotations = member(metadata, 'annotations');
  const applied = string(member(annotations, LAST_APPLIED));
  if (managers === undefined && applied === null) return metadata;
  // Spread and literal keys define own properties: a key `__proto__` of foreign data stays a key.
  let reduced: JsonObject = metadata;
  if (managers !== undefined) {
    unseen.push('metadata.managedFields');
    reduced = { ...reduced, managedFields: reducedManagers(managers) };
  }
  if (applied !== null && isJsonObject(annotations)) {
    unseen.push(lastAppliedPath);
    reduced = {
      ...reduced,
      annotations: { ...annotations, [LAST_APPLIED]: reducedLastApplied(applied, !metadataOnly) },
    };
  }
  return reduced;
}

/**
 * An object of a list or a watch as the inventory keeps it: managedFields and last-applied reduced, bodies of
 * metadata-only types left out, and what was left out named in `unseen`. Items of lists carry neither kind nor
 * apiVersion: they get the type's. Null where it is no object with a name.
 */
export function reduceObject(object: Json, type: ReducedType): Resource | null {
  const metadata = member(object, 'metadata');
  const name = string(member(metadata, 'name'));
  if (!isJsonObject(object) || !isJsonObject(metadata) || name === null) return null;
  const unseen: string[] = [];
  const kept = reducedMetadata(metadata, type.metadataOnly, unseen);
  if (type.metadataOnly) unseen.push(...(bodyFields.get(type.type) ?? usualFields));
  const { apiVersion, kind } = type;
  const body = type.metadataOnly
    ? { apiVersion, kind, metadata: kept }
    : { apiVersion, kind, ...object, ...(kept === metadata ? {} : { metadata: kept }) };
  return {
    source: type.source,
    type: type.type,
    scope: string(member(metadata, 'namespace')),
    name,
    apiVersion,
    kind,
    uid: string(member(metadata, 'uid')),
    version: string(member(metadata, 'resourceVersion')),
    body,
    unseen,
    place: null,
  };
}

/** The object that was asked for by its name at `path`. @throws {ApiFailure} `garbled` where the answer is another one, or none */
export function theObject(answered: Resource | null, { scope, name }: Resource, path: string): Resource {
  if (answered !== null && answered.scope === scope && answered.name === name) return answered;
  throw new ApiFailure('garbled', `GET ${path}: the server answered with something else`);
}
