import { type Range, union } from './range.ts';

/** The sizes of what is in a list or map (cel-go checker/cost.go entrySizeEstimate). */
export interface EntrySize {
  readonly list: boolean;
  readonly key: Range;
  readonly value: Range;
}

/** What holds for the entries of both; null where one is not known. */
export function unionEntries(a: EntrySize | null, b: EntrySize | null): EntrySize | null {
  if (a === null || b === null) return null;
  return { list: a.list, key: union(a.key, b.key), value: union(a.value, b.value) };
}
