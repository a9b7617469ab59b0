import type { Store } from '../inventory/store.ts';
import { member } from '../model/json.ts';
import { coverageItem, problemItem } from './items.ts';
import type { SourceItem } from './schemas.ts';

/** Every source of the store, with what it says of itself, how well it is seen, and what could not be read. */
export async function sourceItems(store: Store): Promise<readonly SourceItem[]> {
  const [names, coverage, problems] = [await store.sources(), await store.coverage(), await store.problems()];
  const items: SourceItem[] = [];
  for (const name of new Set([...names, ...coverage.map((row) => row.source)])) {
    const state = await store.sourceState(name);
    const version = member(state.facts.get('version'), 'gitVersion');
    items.push({
      name,
      identity: state.identity,
      version: typeof version === 'string' ? version : null,
      types: state.types.length,
      coverage: coverage.filter((row) => row.source === name).map(coverageItem),
      problems: problems.filter((row) => row.source === name).map(problemItem),
    });
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}
