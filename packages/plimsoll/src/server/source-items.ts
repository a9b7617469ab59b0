import type { Store } from '../inventory/store.ts';
import { member } from '../model/json.ts';
import { selectorText } from '../model/label-selector.ts';
import { needsSchema, noNeeds } from '../model/needs.ts';
import { coverageItem, problemItem } from './items.ts';
import type { SourceItem } from './schemas.ts';

/** Every source of the store, with what it says of itself, how well it is seen, and what could not be read. */
export async function sourceItems(store: Store): Promise<readonly SourceItem[]> {
  const [names, coverage, problems] = [await store.sources(), await store.coverage(), await store.problems()];
  const items: SourceItem[] = [];
  for (const name of new Set([...names, ...coverage.map((row) => row.source)])) {
    const state = await store.sourceState(name);
    const needs = needsSchema.safeParse(state.facts.get('needs')).data ?? noNeeds;
    const version = member(state.facts.get('version'), 'gitVersion');
    items.push({
      name,
      identity: state.identity,
      version: typeof version === 'string' ? version : null,
      types: state.types.length,
      readWhole: needs.configMaps.map(({ scope, selector, readers, name: wanted }) => ({
        namespace: scope,
        name: wanted,
        selector: selector === null ? null : selectorText(selector),
        readers: [...readers],
      })),
      readAs: needs.forms.map(({ type, apiVersion, readers }) => ({ type, apiVersion, readers: [...readers] })),
      coverage: coverage.filter((row) => row.source === name).map(coverageItem),
      problems: problems.filter((row) => row.source === name).map(problemItem),
    });
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}
