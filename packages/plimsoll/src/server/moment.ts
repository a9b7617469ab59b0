import type { FindingFilter, Page, ResourceFilter, Store } from '../inventory/store.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Finding } from '../model/finding.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import type { SourceState } from '../sources/source.ts';

/** The inventory as it stands now, or as it stood at a time; every answer is of that time. */
export interface Moment {
  /** Milliseconds since 1970; null: now. */
  readonly at: number | null;
  resource(key: ResourceKey): Promise<Resource | null>;
  resources(filter: ResourceFilter, limit: number, page: string | null): Promise<Page<Resource>>;
  /** At least those parts of them. */
  readonly excerpts: Store['excerpts'];
  /** Keys of everything, in arrays. */
  keys(): AsyncIterable<readonly ResourceKey[]>;
  findings(filter: FindingFilter, limit: number, page: string | null): Promise<Page<Finding>>;
  /** What is seen of a source; without one, of all. */
  coverage(source?: string): Promise<readonly Coverage[]>;
  sourceState(source: string): Promise<SourceState>;
}

/**
 * The inventory of a store at a time; undefined: now.
 *
 * @throws PlimsollError (each answer) PLM1508 for a time before the oldest kept, PLM1509 for one that has not come yet
 */
export function momentOf(store: Store, at: number | undefined): Moment {
  const sourceState = async (source: string) => await store.sourceState(source);
  if (at === undefined)
    return {
      at: null,
      resource: async (key) => await store.resource(key),
      resources: async (filter, limit, page) => await store.resources(filter, limit, page),
      excerpts: async (...asked) => await store.excerpts(...asked),
      keys: () => store.stamps(),
      findings: async (filter, limit, page) => await store.findings(filter, limit, page),
      coverage: async (source) => await store.coverage(source),
      sourceState,
    };
  return {
    at,
    resource: async (key) => (await store.resourceAt(key, at))?.resource ?? null,
    resources: async (filter, limit, page) => await store.resourcesAt(filter, at, limit, page),
    excerpts: async (filter, _paths, limit, page) => await store.resourcesAt(filter, at, limit, page),
    keys: () => store.scanAt({}, at),
    findings: async (filter, limit, page) => await store.findingsAt(filter, at, limit, page),
    coverage: async (source) =>
      (await store.coverageAt(at)).filter((row) => source === undefined || row.source === source),
    sourceState,
  };
}
