import type { TrafficCount } from '../../packages/testcluster/src/index.ts';

/** Where a simulated cluster listens, and the authority of its certificate (PEM). */
export interface Address {
  readonly url: string;
  readonly ca: string;
}

/** One write of a steady load, as the cluster knows it. */
export interface Write {
  readonly operation: 'created' | 'updated' | 'deleted';
  readonly name: string;
  readonly uid: string;
  /** The object's resourceVersion; of a deletion the one that its event has. */
  readonly version: number;
  /** Whether the object breaks a guardrail from now on. */
  readonly breaks: boolean;
  /** `process.hrtime`, milliseconds: before the event is handed to any connection. */
  readonly at: number;
}

/** How a steady load writes. */
export interface Load {
  readonly cluster: number;
  /** Writes a second. */
  readonly rate: number;
  /** `pods`: small ones in the namespace `bench` come, change and go. `updates`: pods that are there change. */
  readonly what: 'pods' | 'updates';
}

/** What the process of the simulated clusters does when it is asked to; clusters are named by their number. */
export interface Calls {
  /** Opens one more cluster. `delay`: milliseconds before each of its answers. `dead`: it takes connections alone. */
  readonly open: (how: { readonly delay?: number; readonly dead?: boolean }) => Address;
  /** Fills a cluster with pods as clusters hold them, about 5 KB each, in 20 namespaces. */
  readonly pods: (of: { readonly cluster: number; readonly count: number }) => null;
  /** Defines types by CRDs, and so many objects of each, about 4 KB each. */
  readonly types: (of: { readonly cluster: number; readonly types: number; readonly objects: number }) => null;
  /** Writes one more object of each of so many types. */
  readonly touch: (of: { readonly cluster: number; readonly types: number }) => null;
  /** A policy about the pods' addresses that one in ten breaks, and its binding; gives when the binding was written. */
  readonly policy: (of: { readonly cluster: number }) => number;
  readonly begin: (load: Load) => null;
  /** Ends a load; gives all that it wrote. */
  readonly end: (load: Pick<Load, 'cluster'>) => readonly Write[];
  /** Changes so many pods at once. */
  readonly change: (of: { readonly cluster: number; readonly count: number }) => null;
  /** Forgets the history: no watch resumes. */
  readonly compact: (of: { readonly cluster: number }) => null;
  readonly traffic: (of: { readonly cluster: number }) => TrafficCount;
}

/** A call on its way to the process, and what comes back. */
export interface Asked {
  readonly id: number;
  readonly name: keyof Calls;
  readonly argument: unknown;
}
export interface Answered {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}
