import type { CoverageItem } from '../../server/schemas.ts';
import { foldedGaps, namesOf, type FoldedGap } from './folded-gaps.ts';

/** Table rows of what is not seen: one for all types of a source that share state and reason, the oldest time of them. */
export function gapRows(gaps: readonly CoverageItem[]): readonly (readonly string[])[] {
  return foldedGaps(gaps).map(groupRow);
}

function groupRow(group: FoldedGap<CoverageItem>): readonly string[] {
  const since = group.items.map((item) => item.since).toSorted()[0] ?? '';
  return [namesOf(group, gapName), group.state, since.replace(/\.\d+Z$/, 'Z'), reasonText(group) ?? ''];
}

/** `source/type`, with the scope where there is one; the source alone for all of it. */
export function gapName({ source, type, scope }: Pick<CoverageItem, 'source' | 'type' | 'scope'>): string {
  return type === '*' ? source : `${source}/${type}${scope === null ? '' : `/${scope}`}`;
}

/** The reason with its code; null where the state says it all. */
export function reasonText({ code, why }: FoldedGap<CoverageItem>): string | null {
  return code === null ? why : `${code}: ${why ?? ''}`;
}
