import type { WaiverItem } from '../../server/schemas.ts';
import type { Terminal } from '../terminal.ts';
import { tableText } from './table.ts';

/** Waivers as a table. */
export function waiversText(items: readonly WaiverItem[], { paint, width }: Pick<Terminal, 'paint' | 'width'>): string {
  const titles = ['WAIVER', 'STATE', 'COVERS', 'UNTIL', 'OWNER', 'FROM', 'REASON'];
  return tableText({ titles, rows: items.map(row) }, paint, width);
}

function row(item: WaiverItem): readonly string[] {
  const { name, state, findings, among, until, expiresWhen, owner, reason } = item;
  const covers = findings === null ? '' : `${findings} of ${among ?? findings}`;
  const end = [...(until === null ? [] : [until.slice(0, 10)]), ...(expiresWhen === null ? [] : [expiresWhen])];
  return [name, state, covers, end.join(' or '), owner ?? '', from(item), reason];
}

function from({ origin, file, line, created }: WaiverItem): string {
  if (origin === 'files' && file !== null) return `${file}:${line ?? 1}`;
  return created?.by == null ? origin : `${origin} (${created.by})`;
}
