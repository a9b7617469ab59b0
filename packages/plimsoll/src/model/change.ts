import type { Resource, ResourceKey } from './resource.ts';

/** What the inventory made of an observation: one row of the change log. */
export interface Change {
  /** Position in the log: 1, 2, …, shared with findings and coverage events; gaps are allowed. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly operation: 'created' | 'updated' | 'deleted';
  readonly key: ResourceKey;
  readonly uid: string | null;
  /** The resource after the change; null for a deletion, and where only the log row was asked for. */
  readonly resource: Resource | null;
}
