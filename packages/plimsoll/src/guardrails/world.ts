import type { KyvernoHost } from '@plimsoll/cel/kyverno';
import type { TypeOfKind } from '../model/kinds.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import type { ServedType } from '../model/served.ts';
import type { NamespaceView } from './namespace-view.ts';

/** A list of resources, or why it is not known which there are. */
export type Listing =
  | {
      readonly items: readonly Resource[];
      /** Why bodies among them are not whole, where that is more than that they were not asked for. */
      readonly notKept?: string | null;
    }
  | { readonly unknown: string };

/**
 * What an evaluation reads besides the judged resource. All of it is at hand without waiting: who implements it keeps
 * the few types that policies read in memory.
 */
export interface World {
  /** The namespace of this name in `source`. */
  namespace(source: string, name: string): NamespaceView;
  /**
   * All resources of a type in `source`, or in one of its namespaces: the same object until something of it changes, so
   * that what is made of it may be kept by it.
   */
  list(source: string, type: string, scope: string | null): Listing;
  /** Whether a resource is known to be there. */
  has(key: ResourceKey): boolean;
  /** Which type holds this kind; null where nobody knows it. */
  typeOfKind(source: string, apiVersion: string, kind: string): TypeOfKind | null;
  /** What the source serves; null where that is not known (files). */
  served(source: string): readonly ServedType[] | null;
  /** What is known beforehand of what Kyverno's functions ask: a test says so. undefined: nothing. */
  asked?: KyvernoHost;
}
