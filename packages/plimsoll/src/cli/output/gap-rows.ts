import type { CoverageItem } from '../../server/schemas.ts';

/** Types named of those that are not seen for one reason. */
const mostNamed = 3;

/** Table rows of what is not seen: one for all types of a source that share state and reason, the oldest time of them. */
export function gapRows(gaps: readonly CoverageItem[]): readonly (readonly string[])[] {
  const groups = Map.groupBy(gaps, ({ source, state, reason }) => JSON.stringify([source, state, reason]));
  return [...groups.values()].map(groupRow);
}

function groupRow(group: readonly CoverageItem[]): readonly string[] {
  const names = group.map(({ source, type, scope }) => `${source}/${type}${scope === null ? '' : `/${scope}`}`);
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  const since = group.map((item) => item.since).toSorted()[0] ?? '';
  const [first] = group;
  return [
    `${names.slice(0, mostNamed).join(', ')}${more}`,
    first?.state ?? '',
    since.replace(/\.\d+Z$/, 'Z'),
    first?.reason ?? '',
  ];
}
