import { type Json, type JsonObject, isJsonObject, member } from '../model/json.ts';

/** What a server and controllers write on an object besides its author. */
const written = new Set([
  'creationTimestamp',
  'deletionTimestamp',
  'finalizers',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/**
 * A policy's document without what changes while it says the same: its status, which controllers write every minute, and
 * what the API server keeps in its metadata. (Gatekeeper: frameworks/constraint pkg/core/constraints `SemanticEqual…`.)
 */
export function policyContent(body: JsonObject): JsonObject {
  const { metadata, status } = body;
  const said = Object.entries(body).filter(([key]) => key !== 'status');
  const own = isJsonObject(metadata) ? Object.entries(metadata).filter(([key]) => !written.has(key)) : null;
  const isReplaced = replacedByKyverno(status);
  return {
    ...Object.fromEntries(said),
    ...(own === null ? {} : { metadata: Object.fromEntries(own) }),
    ...(isReplaced ? { isReplaced } : {}),
  };
}

/** Kyverno judges by no policy that it made a ValidatingAdmissionPolicy of, and says so in its status alone. */
export function replacedByKyverno(status: Json | undefined): boolean {
  return (
    member(status, 'generated') === true || member(member(status, 'validatingadmissionpolicy'), 'generated') === true
  );
}
