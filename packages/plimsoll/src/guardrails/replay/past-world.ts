import type { Story, Timeline } from '../../inventory/store.ts';
import { type Coverage, isComplete } from '../../model/coverage.ts';
import type { TypeOfKind } from '../../model/kinds.ts';
import { type Parts, partsOfObject } from '../../model/json-parts.ts';
import { type Resource, type ResourceKey, keyText } from '../../model/resource.ts';
import type { ServedType } from '../../model/served.ts';
import { type NamespaceView, namespaceByName, namespaceThere } from '../namespace-view.ts';
import type { Listing, World } from '../world.ts';
import { type Moments, Standing } from './moments.ts';

const NAMESPACES = 'core/namespaces';
/** Lists that are kept ready: what one namespace's resources read, in order of time. */
const MOST_LISTINGS = 5_000;

/** What of a type is kept. */
export type KeptParts = Parts | 'keys';

/**
 * The world as it was, at the transaction that {@link moment} says: namespaces, params, what is looked up, owners, and
 * what was seen. What clusters serve is no part of the history; it is what they serve now.
 */
export class PastWorld implements World {
  /** The transaction at which it is asked. */
  moment = 0;
  readonly #moments: Moments;
  readonly #now: World;
  readonly #resources = new Map<string, Standing<Resource>>();
  /** Whose lists hold which: `SOURCE NUL TYPE NUL SCOPE`, and with scope `*` of all namespaces. */
  readonly #lists = new Map<string, Standing<Resource>[]>();
  /** When something of a list changed, in order. */
  readonly #changes = new Map<string, number[]>();
  readonly #coverage = new Map<string, Standing<Coverage>>();
  readonly #listings = new Map<string, Listing>();

  constructor(moments: Moments, coverage: Timeline['coverage'], now: World) {
    this.#moments = moments;
    this.#now = now;
    for (const { source, type, scope, seq, coverage: row } of coverage) {
      const moment = moments.reaching(seq);
      if (moment !== null) standingIn(this.#coverage, listKey(source, type, scope ?? '')).set(moment, row);
    }
  }

  /** Keeps what became of a resource that others read. */
  keep({ key, entries }: Story, parts: KeptParts): void {
    const standing = new Standing<Resource>();
    for (const entry of entries) {
      const moment = this.#moments.reaching(entry.seq);
      if (moment === null) continue;
      standing.set(moment, entry.kind === 'deleted' ? null : partsOf(entry.resource, parts));
    }
    this.#resources.set(keyText(key), standing);
    for (const scope of new Set([key.scope ?? '', '*'])) {
      const list = listKey(key.source, key.type, scope);
      listIn(this.#lists, list).push(standing);
      listIn(this.#changes, list).push(...standing.moments);
    }
  }

  /** Puts all that was kept in order. */
  close(): void {
    for (const [key, changes] of this.#changes)
      this.#changes.set(
        key,
        [...new Set(changes)].sort((a, b) => a - b),
      );
  }

  /** When a list, or what was seen of it, changed; of one resource where `name` is given. */
  changesOf(source: string, type: string, scope: string | null, name?: string): readonly number[] {
    const seen = [...new Set([null, scope])].flatMap((of) =>
      [type, `${type}/data`].flatMap((one) => this.#coverage.get(listKey(source, one, of ?? ''))?.moments ?? []),
    );
    const own =
      name === undefined
        ? this.#changes.get(listKey(source, type, scope ?? '*'))
        : this.#resources.get(keyText({ source, type, scope, name }))?.moments;
    return [...(own ?? []), ...seen];
  }

  namespace(source: string, name: string): NamespaceView {
    const found =
      this.#resources.get(keyText({ source, type: NAMESPACES, scope: null, name }))?.at(this.moment) ?? null;
    return found === null ? namespaceByName(name, 'it was not in the inventory then') : namespaceThere(found);
  }

  list(source: string, type: string, scope: string | null): Listing {
    const coverage = this.#coverageOf(source, type, scope);
    if (!isComplete(coverage ?? undefined) && coverage?.state !== 'stale')
      return {
        unknown: `${type} of ${source} could not be listed then: ${coverage?.reason ?? coverage?.state ?? 'never seen'}`,
      };
    const key = listKey(source, type, scope ?? '*');
    const since = lastBy(this.#changes.get(key) ?? [], this.moment);
    const notKept = this.#coverage.get(listKey(source, `${type}/data`, scope ?? ''))?.at(this.moment)?.reason ?? null;
    const text = `${key}\0${since}\0${notKept ?? ''}`;
    let listing = this.#listings.get(text);
    if (listing === undefined) {
      const items = (this.#lists.get(key) ?? []).flatMap((standing) => standing.at(this.moment) ?? []);
      listing = { items, notKept };
      if (this.#listings.size >= MOST_LISTINGS) this.#listings.clear();
      this.#listings.set(text, listing);
    }
    return listing;
  }

  #coverageOf(source: string, type: string, scope: string | null): Coverage | null {
    const whole = this.#coverage.get(listKey(source, type, ''))?.at(this.moment) ?? null;
    if (whole !== null && (isComplete(whole) || whole.state === 'stale')) return whole;
    return this.#coverage.get(listKey(source, type, scope ?? ''))?.at(this.moment) ?? whole;
  }

  has(key: ResourceKey): boolean {
    return (this.#resources.get(keyText(key))?.at(this.moment) ?? null) !== null;
  }

  typeOfKind(source: string, apiVersion: string, kind: string): TypeOfKind | null {
    return this.#now.typeOfKind(source, apiVersion, kind);
  }

  served(source: string): readonly ServedType[] | null {
    return this.#now.served(source);
  }
}

function partsOf(resource: Resource, parts: KeptParts): Resource {
  if (parts === 'whole') return resource;
  const { forms: _, ...held } = resource;
  return { ...held, body: parts === 'keys' ? {} : partsOfObject(resource.body, parts) };
}

function listKey(source: string, type: string, scope: string): string {
  return `${source}\0${type}\0${scope}`;
}

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}

function standingIn<T>(all: Map<string, Standing<T>>, key: string): Standing<T> {
  let standing = all.get(key);
  if (standing === undefined) all.set(key, (standing = new Standing<T>()));
  return standing;
}

/** The last of some rising numbers that is not above another; -1 where all are. */
function lastBy(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return numbers[low - 1] ?? -1;
}
