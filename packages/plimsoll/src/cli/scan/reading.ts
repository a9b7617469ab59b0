import type { PolicyDocument } from '../../guardrails/policy.ts';
import type { Needs } from '../../model/needs.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import type { FileObject } from '../../sources/files/file-item.ts';
import type { ClusterReading } from './cluster-reading.ts';
import type { KindTable } from '../../model/kinds.ts';
import type { WhatWasRead } from './last-lines.ts';

/** Takes resources by the few; see `TakeItems` for why they are handed over and not yielded. */
export type TakeResources = (resources: readonly Resource[]) => void | Promise<void>;

/** A resource, and where its fields are in its file. */
export interface ReadResource {
  readonly resource: Resource;
  readonly locate?: PolicyDocument['locate'];
  /** False for what stands in a path of policies alone: read for the policies, never judged. */
  readonly judged: boolean;
}

/** What a scan reads from: files, folders, standard input, a cluster. Each pass reads from the beginning. */
export interface Reading {
  /**
   * Of files: policies, bindings, waivers, namespaces, CRDs and controllers (the other documents of TARGETs need not be
   * parsed), and everything in the paths of policies.
   */
  readonly marked: (take: (resources: readonly ReadResource[]) => void) => Promise<void>;
  /** Every resource, in order, in small arrays. `take` is waited for; what it throws is thrown. */
  readonly resources: (take: TakeResources) => Promise<void>;
  /** The types of kinds, those of CRDs that were read among them. */
  readonly kinds: KindTable;
  /** A document of a file as the resource that it is read as. */
  readonly resourceOf: (object: FileObject) => Resource;
  /** Reads what guardrails need of clusters besides. */
  readonly need: (needsOf: (source: string) => Needs) => Promise<void>;
  /** True for a type of Kubernetes itself, or of a CRD that was read. */
  readonly isKnownType: (type: string) => boolean;
  /** What could not be read so far; complete after {@link resources}. */
  readonly problems: () => readonly Problem[];
  /**
   * True where all that was named was read: only then is what was not found not there. Complete after
   * {@link resources}.
   */
  readonly isWhole: () => boolean;
  readonly close: () => Promise<void>;
  /** The clusters that were read, by the name of their source. */
  readonly clusters: ReadonlyMap<string, ClusterReading>;
  /** What was read; complete after {@link resources}. */
  readonly read: () => WhatWasRead;
}
