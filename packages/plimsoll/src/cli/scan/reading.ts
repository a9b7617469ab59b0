import type { PolicyDocument } from '../../guardrails/policy.ts';
import type { Needs } from '../../model/needs.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import type { ServedType } from '../../model/served.ts';
import type { KindTable } from './files-world.ts';
import type { WhatWasRead } from './last-lines.ts';

/** Takes resources by the few; see `TakeItems` for why they are handed over and not yielded. */
export type TakeResources = (resources: readonly Resource[]) => void | Promise<void>;

/** A resource, and where its fields are in its file. */
export interface ReadResource {
  readonly resource: Resource;
  readonly locate?: PolicyDocument['locate'];
}

/** What is known of a cluster besides its resources. */
export interface ClusterFacts {
  readonly source: string;
  readonly served: readonly ServedType[] | null;
  /** Why a type is not listed completely; null where it is. */
  readonly unlisted: (type: string, scope: string | null) => string | null;
}

/** What a scan reads from: files, folders, standard input, a cluster. Each pass reads from the beginning. */
export interface Reading {
  /** Policies, bindings, waivers, namespaces, CRDs and controllers; the other documents need not be parsed. */
  readonly marked: (take: (resources: readonly ReadResource[]) => void) => Promise<void>;
  /** Every resource, in order, in small arrays. `take` is waited for; what it throws is thrown. */
  readonly resources: (take: TakeResources) => Promise<void>;
  /** The types of kinds, those of CRDs that were read among them. */
  readonly kinds: KindTable;
  /** The clusters that were read, in which what is not listed is unknown, not absent. */
  readonly clusters: readonly ClusterFacts[];
  /** Reads what guardrails need of clusters besides. */
  readonly need: (needsOf: (source: string) => Needs) => Promise<void>;
  /** True for a type of Kubernetes itself, or of a CRD that was read. */
  readonly isKnownType: (type: string) => boolean;
  /** What could not be read so far; complete after {@link resources}. */
  readonly problems: () => readonly Problem[];
  readonly close: () => Promise<void>;
  /** What was read; complete after {@link resources}. */
  readonly read: () => WhatWasRead;
}
