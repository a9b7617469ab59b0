import { z } from 'zod';

/** One version in which a server serves a resource. */
const servedVersionSchema = z.strictObject({
  version: z.string(),
  /** The kind's name in this version (the same in all versions, but for odd aggregated APIs). */
  kind: z.string(),
  verbs: z.array(z.string()).readonly(),
  /** For example `status`, `scale`, `eviction`. */
  subresources: z.array(z.string()).readonly(),
});

const servedTypeSchema = z.strictObject({
  /** `GROUP/RESOURCE`; `core` stands for the group without a name. */
  type: z.string(),
  /** As the API says it: `''` for core. */
  group: z.string(),
  resource: z.string(),
  singular: z.string(),
  kind: z.string(),
  namespaced: z.boolean(),
  shortNames: z.array(z.string()).readonly(),
  /** In the server's order of preference. */
  versions: z.array(servedVersionSchema).min(1).readonly(),
  /**
   * The version that resources of this type are held in (their `apiVersion`); null where the server cannot list it.
   */
  heldVersion: z.string().nullable(),
  /**
   * Where several groups serve one storage (`extensions/deployments` and `apps/deployments`): the type under which
   * the inventory holds these objects. Null for a type that is held under its own name. With matchPolicy Equivalent a
   * rule on this type means that one too.
   */
  heldAs: z.string().nullable(),
});

const staleGroupSchema = z.strictObject({ group: z.string(), version: z.string(), reason: z.string() });

/**
 * The fact `served` of a Kubernetes source: what its API server serves, from discovery. Read it back with
 * `servedSchema.parse(value)`.
 */
export const servedSchema = z.strictObject({
  types: z.array(servedTypeSchema).readonly(),
  /** Groups whose server did not answer: what they serve is unknown, or what they served when last seen. */
  stale: z.array(staleGroupSchema).readonly(),
});

/** What a server serves. */
export type Served = z.infer<typeof servedSchema>;
/** One resource of one group, with all its versions. */
export type ServedType = z.infer<typeof servedTypeSchema>;
/** A version of a group whose server does not answer, and why. */
export type StaleGroup = z.infer<typeof staleGroupSchema>;

/** `core/pods` for ('', 'pods'), `apps/deployments` for ('apps', 'deployments'). */
export function typeName(group: string, resource: string): string {
  return `${group === '' ? 'core' : group}/${resource}`;
}

/** `v1` for ('', 'v1'), `apps/v1` for ('apps', 'v1'). */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
