import type { ResourceItem } from '../../server/schemas.ts';
import type { ApiClient } from './client.ts';

/**
 * The resource of a display name, `SOURCE/TYPE[/SCOPE]/NAME`; null where there is none. A Kubernetes type has one `/`
 * itself, a cloud's may have any number, so each reading of the words is tried.
 */
export async function resourceNamed(text: string, api: ApiClient): Promise<ResourceItem | null> {
  for (const query of readings(text)) {
    const [found] = (await api.list('resources', query, 1)).items;
    if (found !== undefined) return found;
  }
  return null;
}

/** The four words that a display name may stand for, the likeliest first. */
function readings(text: string): readonly { source: string; type: string; scope: string; name: string }[] {
  const [source = '', ...words] = text.split('/');
  const name = words.at(-1) ?? '';
  const scoped = { source, type: words.slice(0, -2).join('/'), scope: words.at(-2) ?? '', name };
  const unscoped = { source, type: words.slice(0, -1).join('/'), scope: '', name };
  return words.length === 3 ? [unscoped, scoped] : [scoped, unscoped].filter(({ type }) => type !== '');
}
