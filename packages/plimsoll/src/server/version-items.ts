import type { HistoryEntry, Page, Store } from '../inventory/store.ts';
import { isJsonObject, member, type Json } from '../model/json.ts';
import { objectDiff } from '../model/object-diff.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import { differencePath, isNoise } from './difference-item.ts';
import { resourceItem, timeText } from './items.ts';
import type { VersionItem } from './schemas.ts';

/** Changed fields that an item names; the others are counted. */
const mostNamed = 10;

/** What became of a resource, newest first: each state with what changed in it since the one before, and by whom. */
export async function versionPage(
  store: Store,
  key: ResourceKey,
  limit: number,
  page: string | null,
): Promise<Page<VersionItem>> {
  const { items, next } = await store.versions(key, limit, page);
  const [before] = next === null ? [] : (await store.versions(key, 1, next)).items;
  const entries = before === undefined ? items : [...items, before];
  return { items: items.map((entry, at) => versionItem(entry, entries[at + 1] ?? null)), next };
}

function versionItem(entry: HistoryEntry, older: HistoryEntry | null): VersionItem {
  const { seq, at } = entry;
  const nothing = { changes: 0, changed: [], by: [] };
  if (entry.kind === 'deleted')
    return { seq, at: timeText(at), until: null, operation: 'deleted', uid: null, version: null, ...nothing };
  const { resource, until } = entry;
  const { uid, version } = resource;
  const span = { seq, at: timeText(at), until: until === null ? null : timeText(until), uid, version };
  if (older === null) return { ...span, operation: 'seen', ...nothing, by: writersOf(resource, null) };
  if (older.kind === 'deleted') return { ...span, operation: 'created', ...nothing, by: writersOf(resource, null) };
  const differences = objectDiff(resourceItem(older.resource).object, resourceItem(resource).object);
  const shown = differences.filter((difference) => !isNoise(difference)).map(differencePath);
  const changed = { changes: shown.length, changed: shown.slice(0, mostNamed) };
  return { ...span, operation: 'updated', ...changed, by: writersOf(resource, older.resource) };
}

/**
 * Who wrote since an older state: the managers of `metadata.managedFields` whose time is another than it was; all of
 * them where there was none. These times are whole seconds: a second write of one manager within one leaves no trace,
 * and then it is who wrote last.
 */
export function writersOf(resource: Resource, older: Resource | null): VersionItem['by'] {
  const writers = managersOf(resource);
  const known = new Set(managersOf(older).map((writer) => JSON.stringify(writer)));
  const since = writers.filter((writer) => !known.has(JSON.stringify(writer)));
  if (since.length > 0) return since;
  const last = writers
    .map(({ time }) => time ?? '')
    .toSorted()
    .at(-1);
  return writers.filter(({ time }) => time === last);
}

function managersOf(resource: Resource | null): VersionItem['by'] {
  const managers = member(resource?.body['metadata'], 'managedFields');
  if (!Array.isArray(managers)) return [];
  return (managers as readonly Json[]).filter(isJsonObject).map((entry) => ({
    manager: text(entry['manager']) ?? '',
    operation: text(entry['operation']),
    subresource: text(entry['subresource']),
    time: text(entry['time']),
  }));
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
