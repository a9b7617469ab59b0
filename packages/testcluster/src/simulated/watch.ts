import type { ApiObject } from '../test-client.ts';
import { refusal, type SimulatedAnswer, statusBody, type Watcher } from './answer.ts';
import { prefixOf, type SimulatedCluster } from './cluster.ts';
import { apiVersionOf, definitions, type SimulatedType, typeId } from './types.ts';

/** About once a minute (k8s.io/apiserver pkg/storage/cacher: bookmarkFrequency). */
const BOOKMARK_INTERVAL = 60_000;
/** `--min-request-timeout`; the real one draws up to twice that. */
const LONGEST = 1_800_000;

/** How a watch was asked for. */
interface Begin {
  /** Where it begins; null: with all that is there. */
  readonly after: number | null;
  /** Ends the initial events with a bookmark that says so (KEP-3157). */
  readonly marked: boolean;
}

/** A watch of what lies under a prefix. */
export function watchOf(
  cluster: SimulatedCluster,
  type: SimulatedType,
  prefix: string,
  query: URLSearchParams,
  shown: (object: ApiObject) => ApiObject,
): SimulatedAnswer {
  const bookmarks = query.get('allowWatchBookmarks') === 'true' && cluster.minor >= 16;
  // Servers that do not know the parameter leave it unread.
  const marked = query.get('sendInitialEvents') === 'true' && cluster.minor >= 27;
  if (marked && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const why =
      'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    return refusal(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${why}`);
  }
  const version = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) return refusal(400, 'BadRequest', `Invalid value: "${version}": strconv.ParseUint`);
  const after = marked || version === '' || version === '0' ? null : Number(version);
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  const bookmark = (annotations?: object): object => ({
    type: 'BOOKMARK',
    object: shown({
      kind: type.kind,
      apiVersion: apiVersionOf(type),
      metadata: {
        resourceVersion: String(cluster.storage.revision),
        creationTimestamp: null,
        ...(annotations === undefined ? {} : { annotations }),
      },
    }),
  });
  return {
    kind: 'watch',
    begin: (watcher) => {
      const limit = Math.min(LONGEST, seconds * 1000 || LONGEST);
      return new Watch(cluster, type, prefix, shown, watcher, limit, bookmarks ? bookmark : null).begin({
        after,
        marked,
      });
    },
  };
}

class Watch {
  readonly #cluster: SimulatedCluster;
  readonly #type: SimulatedType;
  readonly #prefix: string;
  readonly #shown: (object: ApiObject) => ApiObject;
  readonly #watcher: Watcher;
  readonly #limit: number;
  readonly #bookmark: ((annotations?: object) => object) | null;
  #stops: (() => void)[] = [];

  constructor(
    cluster: SimulatedCluster,
    type: SimulatedType,
    prefix: string,
    shown: (object: ApiObject) => ApiObject,
    watcher: Watcher,
    limit: number,
    bookmark: ((annotations?: object) => object) | null,
  ) {
    this.#cluster = cluster;
    this.#type = type;
    this.#prefix = prefix;
    this.#shown = shown;
    this.#watcher = watcher;
    this.#limit = limit;
    this.#bookmark = bookmark;
  }

  /** Begins; gives the way to end it. */
  begin({ after, marked }: Begin): () => void {
    const { storage, clock } = this.#cluster;
    const missed = after === null ? [] : storage.since(after, this.#prefix);
    if (missed === null) {
      const message = `too old resource version: ${after} (${storage.compacted})`;
      this.#watcher.line({ type: 'ERROR', object: statusBody(410, 'Expired', message) });
      this.#watcher.end();
      return () => undefined;
    }
    if (after === null) for (const [, object] of storage.under(this.#prefix)) this.#line('ADDED', object);
    if (marked && this.#bookmark !== null) this.#watcher.line(this.#bookmark({ 'k8s.io/initial-events-end': 'true' }));
    for (const { type, object } of missed) this.#line(type, object);
    this.#stops.push(
      this.#cluster.onWrite(this.#type, ({ key, type, object, revision }) => {
        // A watch from a revision that is still to come stays silent until then.
        if (key.startsWith(this.#prefix) && revision > (after ?? 0)) this.#line(type, object);
      }),
      // The storage of a type ends with its CRD, and its watches with it.
      this.#cluster.onWrite(definitions, ({ key, type }) => {
        if (type === 'DELETED' && key === `${prefixOf(definitions)}${typeId(this.#type)}`) this.#end();
      }),
      clock.after(this.#limit, () => this.#end()),
    );
    this.#mark(after ?? 0);
    return () => this.#stop();
  }

  #mark(after: number): void {
    const bookmark = this.#bookmark;
    if (bookmark === null) return;
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = this.#cluster.clock.after(BOOKMARK_INTERVAL, () => {
        if (this.#cluster.storage.revision >= after) this.#watcher.line(bookmark());
        next();
      });
    };
    next();
    this.#stops.push(() => cancel());
  }

  #line(type: string, object: ApiObject): void {
    this.#watcher.line({ type, object: this.#shown(object) });
  }

  #end(): void {
    this.#stop();
    this.#watcher.end();
  }

  #stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
