import type { Change } from '../model/change.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Finding } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { FilePlace, Resource, ResourceKey } from '../model/resource.ts';
import type { SourceState } from '../sources/source.ts';

/** What the inventory keeps in memory of each stored resource. */
export interface ResourceStamp extends ResourceKey {
  readonly uid: string | null;
  readonly version: string | null;
  /** Hash of the canonical body, apiVersion and unseen, with a mark of the place: equal means nothing to write. */
  readonly hash: string;
}

/** A change to write: the resource after it, its hash, and when the state was first seen. */
export interface ChangeWrite extends Change {
  readonly hash: string | null;
}

/** The new place of a resource, for it and for its open findings. */
export interface MoveWrite {
  readonly key: ResourceKey;
  readonly place: FilePlace | null;
  readonly hash: string;
}

/** Everything that one transaction writes. All of it is durable when `commit` resolves, or none of it. */
export interface StoreWrite {
  /** When it was put together, milliseconds since 1970; of one with changes the first of their times counts. */
  readonly at: number;
  readonly changes: readonly ChangeWrite[];
  /**
   * Resources that stand elsewhere in their files, which is no change of theirs; they may have one besides. Written
   * after `changes`.
   */
  readonly moves: readonly MoveWrite[];
  readonly findings: readonly Finding[];
  /** `seq` null: only the time of confirmation moved, which is no event. */
  readonly coverage: readonly { readonly seq: number | null; readonly coverage: Coverage }[];
  readonly coverageEnds: readonly {
    readonly seq: number;
    readonly source: string;
    readonly type: string;
    readonly scope: string | null;
  }[];
  readonly cursors: readonly {
    readonly source: string;
    readonly type: string;
    readonly scope: string | null;
    readonly cursor: string | null;
  }[];
  readonly identities: readonly { readonly source: string; readonly identity: string }[];
  readonly facts: readonly {
    readonly source: string;
    readonly name: string;
    readonly value: Json;
    readonly observedAt: number;
  }[];
  readonly problems: readonly {
    readonly source: string;
    /** Null, with no problems: all of the source are over. */
    readonly origin: string | null;
    readonly problems: readonly Problem[];
  }[];
  /** Small named values of the program itself, as `setSetting` writes them. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  /** How far each reader of the log has come. */
  readonly readers: readonly { readonly name: string; readonly seq: number }[];
}

/** Which resources; every part given must hold. `scope` null means resources without a scope. */
export interface ResourceFilter {
  readonly source?: string;
  readonly type?: string;
  readonly scope?: string | null;
  readonly name?: string;
}

/** A resource of whose body parts were read; `body` null: it has to be read whole, for its parts lie in no objects. */
export interface Excerpt extends Omit<Resource, 'body' | 'forms'> {
  readonly body: JsonObject | null;
}

/** Which findings; every part given must hold. */
export interface FindingFilter {
  readonly state?: 'open' | 'resolved';
  readonly source?: string;
  readonly type?: string;
  readonly scope?: string | null;
  readonly name?: string;
  readonly guardrail?: string;
  readonly id?: string;
}

/** A page of a list, in a stable order; `next` is opaque, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A state of a resource, and from when until when it held; `until` null: it still does. Milliseconds since 1970. */
export interface Version {
  readonly seq: number;
  readonly at: number;
  readonly until: number | null;
  readonly resource: Resource;
}

/** What became of a resource: it came to be in a state, or was deleted. */
export type HistoryEntry =
  ({ readonly kind: 'version' } & Version) | { readonly kind: 'deleted'; readonly seq: number; readonly at: number };

/** What became of one resource from a time on, oldest first: what it was then, if it was there, and each change since. */
export interface Story {
  readonly key: ResourceKey;
  readonly entries: readonly HistoryEntry[];
}

/** What is known of the time from a moment on, besides what became of each resource. */
export interface Timeline {
  /**
   * The whole transactions that `…At` can show, the one of the beginning first, in order of both: from `at` on the log
   * had come to `seq`.
   */
  readonly moments: readonly { readonly at: number; readonly seq: number }[];
  /** What was seen at the beginning (seq of its moment), and each change of that; coverage null: no longer watched. */
  readonly coverage: readonly (Pick<Coverage, 'source' | 'type' | 'scope'> & {
    readonly seq: number;
    readonly coverage: Coverage | null;
  })[];
  /** The types of which there was anything. */
  readonly types: readonly Pick<ResourceKey, 'source' | 'type'>[];
}

/** What happened, in order of seq: what the stream replays. */
export type LogEvent =
  | { readonly seq: number; readonly kind: 'change'; readonly change: Change }
  | { readonly seq: number; readonly kind: 'finding'; readonly finding: Finding }
  | { readonly seq: number; readonly kind: 'coverage'; readonly coverage: Coverage };

/**
 * The store contract. One suite (store-contract.ts, history-contract.ts) runs over every store. One process writes; every
 * method sees what was committed before it was called.
 */
export interface Store {
  /**
   * Writes one transaction; resolves when durable (fsync). Rejects with PLM15xx where it is not; the same write may be
   * handed in again.
   */
  commit(write: StoreWrite): Promise<void>;
  /** The highest seq ever committed; 0 for an empty store. */
  readonly headSeq: number;
  /** The oldest seq from which `events` is gapless. */
  readonly oldestSeq: number;
  /** Every current resource's stamp, in pages of arrays (start-up of the in-memory index). */
  stamps(): AsyncIterable<readonly ResourceStamp[]>;
  resource(key: ResourceKey): Promise<Resource | null>;
  resources(filter: ResourceFilter, limit: number, page?: string | null): Promise<Page<Resource>>;
  /** All matching resources in small arrays, letting other work run in between; sees changes made meanwhile or not. */
  scan(filter: ResourceFilter): AsyncIterable<readonly Resource[]>;
  /**
   * As {@link resources}, of whose bodies at least that is read which stands under one of the paths (names of members),
   * and the objects on the way there: for one who looks at many and needs little of each. `[]` is the whole body.
   */
  excerpts(
    filter: ResourceFilter,
    paths: readonly (readonly string[])[],
    limit: number,
    page?: string | null,
  ): Promise<Page<Excerpt>>;
  /** What became of one resource, newest first, as far back as it is kept; nothing for one that was never seen. */
  versions(key: ResourceKey, limit: number, page?: string | null): Promise<Page<HistoryEntry>>;
  events(sinceSeq: number, limit: number): Promise<readonly LogEvent[]>;
  findings(filter: FindingFilter, limit: number, page?: string | null): Promise<Page<Finding>>;
  /** All open findings (start-up of findings/). */
  openFindings(): AsyncIterable<readonly Finding[]>;
  /** What is seen of a source; without one, of all. */
  coverage(source?: string): Promise<readonly Coverage[]>;
  /**
   * The times of which `resourceAt`, `resourcesAt`, `scanAt`, `findingsAt`, `coverageAt`, `timelineSince` and `storiesSince` know, in milliseconds since
   * 1970; null for a store that has seen nothing. What they show stood after the last transaction whose time is not
   * after `at`: always a whole one, so that changes and the findings that they caused are never seen apart. All of them
   * throw PLM1508 for a time before `oldest`, and PLM1509 for one that has not come yet.
   */
  times(): Promise<{ readonly oldest: number; readonly newest: number } | null>;
  /** The state of a resource at that time; null where there was none. */
  resourceAt(key: ResourceKey, at: number): Promise<Version | null>;
  /** As {@link resources} stood at that time, in the same order. All pages of one list show the same transaction. */
  resourcesAt(filter: ResourceFilter, at: number, limit: number, page?: string | null): Promise<Page<Resource>>;
  /** As {@link scan} stood at that time. */
  scanAt(filter: ResourceFilter, at: number): AsyncIterable<readonly Resource[]>;
  /** As {@link findings} stood at that time: one that was resolved since is open. */
  findingsAt(filter: FindingFilter, at: number, limit: number, page?: string | null): Promise<Page<Finding>>;
  /** As {@link coverage} stood at that time. */
  coverageAt(at: number): Promise<readonly Coverage[]>;
  /** Of the time since then, as far as it was written when this is asked. */
  timelineSince(at: number): Promise<Timeline>;
  /** What became of the resources that were there then or later, in the order of {@link resources}. */
  storiesSince(filter: ResourceFilter, at: number, limit: number, page?: string | null): Promise<Page<Story>>;
  problems(): Promise<readonly Problem[]>;
  sources(): Promise<readonly string[]>;
  /** The types of which resources of a source are there, in order. */
  typesOf(source: string): Promise<readonly string[]>;
  sourceState(source: string): Promise<SourceState>;
  /** How far the named reader has come; null for one that was never seen. */
  readerSeq(name: string): Promise<number | null>;
  /** Small named values of the program itself (fingerprint of the guardrails in force, …). */
  setting(name: string): Promise<string | null>;
  setSetting(name: string, value: string): Promise<void>;
  /**
   * Does a little of what keeps the store small, at most some 5 ms of it: forgets what is older than it is to keep,
   * compacts superseded states, gives space back. True where there is more to do. Nothing that is answered changes by
   * it, but for what is forgotten, and a crash in the middle loses nothing. Rejects with PLM1505.
   */
  tend(): Promise<boolean>;
  close(): Promise<void>;
}
