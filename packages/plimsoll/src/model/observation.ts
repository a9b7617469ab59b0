import type { Coverage } from './coverage.ts';
import type { Json } from './json.ts';
import type { Problem } from './problem.ts';
import type { Resource, ResourceKey } from './resource.ts';

/**
 * What a source says. Observations of one source are taken in the order given.
 *
 * Deletion needs proof: `delete`, `list-complete` (what `list-start` … `list-complete` did not confirm is gone),
 * `type-gone`, or `identity` of another one than before. Nothing else deletes.
 */
export type Observation =
  | { readonly kind: 'upsert'; readonly resource: Resource; readonly observedAt: number }
  | { readonly kind: 'delete'; readonly key: ResourceKey; readonly uid: string | null; readonly observedAt: number }
  /** A complete list of `type` in `scope` (null: everywhere) begins; upserts until `list-complete` confirm. */
  | { readonly kind: 'list-start'; readonly source: string; readonly type: string; readonly scope: string | null }
  | {
      readonly kind: 'list-complete';
      readonly source: string;
      readonly type: string;
      readonly scope: string | null;
      readonly observedAt: number;
    }
  /** Discovery is complete and `type` is proven gone with its CRD or APIService. */
  | { readonly kind: 'type-gone'; readonly source: string; readonly type: string; readonly observedAt: number }
  | { readonly kind: 'coverage'; readonly coverage: Coverage }
  /** `type` is no longer watched in `scope` at all (configuration, tenant namespace gone): its coverage row ends. */
  | { readonly kind: 'coverage-end'; readonly source: string; readonly type: string; readonly scope: string | null }
  /** Where to resume (Kubernetes: resourceVersion); saved in the transaction of the batch that it closes. */
  | {
      readonly kind: 'cursor';
      readonly source: string;
      readonly type: string;
      readonly scope: string | null;
      readonly cursor: string | null;
    }
  /** Which cluster or account this is; one that is proven to be another than before ends all resources of the source. */
  | {
      readonly kind: 'identity';
      readonly source: string;
      readonly identity: string;
      readonly isAnother: boolean;
      readonly observedAt: number;
    }
  /** A fact besides objects: `version` (the /version answer), `served` (resources and their versions), … */
  | {
      readonly kind: 'fact';
      readonly source: string;
      readonly name: string;
      readonly value: Json;
      readonly observedAt: number;
    }
  /** What could not be read, at its place; replaces the source's earlier problems of the same `origin`. */
  | {
      readonly kind: 'problems';
      readonly source: string;
      /** What the problems are about: a file path, a type; null for all that the source ever told. */
      readonly origin: string | null;
      readonly problems: readonly Problem[];
    };
