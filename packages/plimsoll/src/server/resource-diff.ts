import type { Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import { fieldSteps } from '../model/field-path.ts';
import type { JsonObject } from '../model/json.ts';
import { objectDiff } from '../model/object-diff.ts';
import { displayName, type Resource, type ResourceKey } from '../model/resource.ts';
import { differenceItem, isNoise } from './difference-item.ts';
import { resourceItem, timeText } from './items.ts';
import type { DiffItem } from './schemas.ts';

/** A state of a resource that is named by its position in the log, by a time, or by what it is to another. */
export type StateName = { readonly seq: number } | { readonly at: number };

/** A state of a resource, or that there was none. */
interface NamedState {
  readonly seq: number | null;
  readonly at: number | null;
  readonly resource: Resource | null;
}

/**
 * How two states of a resource differ. Left out, `to` is the newest state, and `from` the one before `to`, or `to` itself
 * where that is the oldest that is kept; a state that there was none of differs in everything. `all` shows what every write changes as well.
 *
 * @throws PlimsollError PLM1005 for a resource that was never seen, PLM1002 for a position beyond the log's end, PLM1508
 *   and PLM1509 for times
 */
export async function resourceDiff(
  store: Store,
  key: ResourceKey,
  asked: { readonly from: StateName | undefined; readonly to: StateName | undefined; readonly all: boolean },
): Promise<DiffItem> {
  const to = await stateNamed(store, key, asked.to ?? { seq: store.headSeq });
  const from = asked.from === undefined ? await stateBefore(store, key, to) : await stateNamed(store, key, asked.from);
  if (to.seq === null && from.seq === null)
    throw new PlimsollError('PLM1005', `Nothing is known of ${displayName(key)} at these times.`);
  const [before, after] = [objectOf(from), objectOf(to)];
  const differences = objectDiff(before ?? {}, after ?? {});
  const shown = asked.all ? differences : differences.filter((difference) => !isNoise(difference));
  return {
    ...key,
    from: stateItem(from),
    to: stateItem(to),
    differences: shown.map(differenceItem),
    hidden: differences.length - shown.length,
    unseen: unseenOf([from, to]).filter((path) => asked.all || !isNoise({ path: fieldSteps(path) ?? [] })),
  };
}

function unseenOf(states: readonly NamedState[]): readonly string[] {
  return [...new Set(states.flatMap(({ resource }) => (resource === null ? [] : resourceItem(resource).unseen)))];
}

/** Without what a Secret holds, as everywhere. */
function objectOf({ resource }: NamedState): JsonObject | null {
  return resource === null ? null : resourceItem(resource).object;
}

function stateItem({ seq, at, resource }: NamedState): DiffItem['from'] {
  return { seq, at: at === null ? null : timeText(at), exists: resource !== null, version: resource?.version ?? null };
}

async function stateNamed(store: Store, key: ResourceKey, name: StateName): Promise<NamedState> {
  if ('seq' in name) {
    if (name.seq <= store.headSeq) return await lastBy(store, key, name.seq);
    throw new PlimsollError('PLM1002', `there is no position ${name.seq} yet: the change log ends at ${store.headSeq}`);
  }
  const found = await store.resourceAt(key, name.at);
  return found === null
    ? { seq: null, at: name.at, resource: null }
    : { seq: found.seq, at: found.at, resource: found.resource };
}

/** The state before another; that one itself where it is the oldest that is kept: what was before is not known. */
async function stateBefore(store: Store, key: ResourceKey, state: NamedState): Promise<NamedState> {
  if (state.seq === null) return await stateNamed(store, key, { seq: store.headSeq });
  const before = await stateNamed(store, key, { seq: state.seq - 1 });
  return before.seq === null ? state : before;
}

/** Entries of the history that are looked through at once. */
const searchPage = 100;

/** What a resource was last by a position of the log. */
async function lastBy(store: Store, key: ResourceKey, seq: number): Promise<NamedState> {
  for (let page: string | null | undefined; page !== null;) {
    const found: Awaited<ReturnType<Store['versions']>> = await store.versions(key, searchPage, page ?? null);
    const entry = found.items.find((one) => one.seq <= seq);
    if (entry !== undefined)
      return { seq: entry.seq, at: entry.at, resource: entry.kind === 'version' ? entry.resource : null };
    page = found.next;
  }
  return { seq: null, at: null, resource: null };
}
