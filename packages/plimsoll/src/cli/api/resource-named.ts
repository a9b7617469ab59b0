import type { ListCoverage, ResourceItem } from '../../server/schemas.ts';
import type { ApiClient } from './client.ts';

/** What a display name stands for, and what is said of how well it is seen. */
interface NamedResource {
  readonly item: ResourceItem | null;
  readonly coverage: ListCoverage | null;
}

/**
 * The resource of a display name, `SOURCE/TYPE[/SCOPE]/NAME`; `item` null where there is none. A Kubernetes type has one `/`
 * itself, a cloud's may have any number, so each reading of the words is tried.
 */
export async function resourceNamed(text: string, api: ApiClient, at?: string): Promise<NamedResource> {
  let coverage: ListCoverage | null = null;
  for (const query of readings(text)) {
    const answer = await api.list('resources', { ...query, at }, 1);
    const [item] = answer.items;
    if (item !== undefined) return { item, coverage: answer.coverage };
    coverage ??= answer.coverage;
  }
  return { item: null, coverage };
}

/** The four words, as a query, that a display name may stand for, the likeliest first. */
export function readings(text: string): readonly { source: string; type: string; scope: string; name: string }[] {
  const [source = '', ...words] = text.split('/');
  const name = words.at(-1) ?? '';
  const scoped = { source, type: words.slice(0, -2).join('/'), scope: words.at(-2) ?? '', name };
  const unscoped = { source, type: words.slice(0, -1).join('/'), scope: '', name };
  return words.length === 3 ? [unscoped, scoped] : [scoped, unscoped].filter(({ type }) => type !== '');
}
