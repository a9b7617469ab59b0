import type { Moment } from './moment.ts';
import type { TypeItem } from './schemas.ts';

/** The types of each source with the number of their resources, sorted by source and type. */
export async function typeItems(moment: Moment): Promise<readonly TypeItem[]> {
  const counts = new Map<string, TypeItem>();
  for await (const stamps of moment.keys()) {
    for (const { source, type } of stamps) {
      const key = `${source}\0${type}`;
      counts.set(key, { source, type, resources: (counts.get(key)?.resources ?? 0) + 1 });
    }
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
