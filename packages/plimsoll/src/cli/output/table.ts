import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** A table: the titles, and rows of cells as plain text. */
export interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const gap = 2;

/**
 * Columns set flush left under their titles; the last one is cut to `width` with `…` (null: never cut). Cells are made
 * visible, so foreign text cannot move the cursor. Empty where there are no rows.
 */
export function tableText(table: Table, paint: Paint, width: number | null): string {
  if (table.rows.length === 0) return '';
  const rows = table.rows.map((row) => row.map(visible));
  const widths = table.titles.map((title, index) =>
    Math.max(cells(title), ...rows.map((row) => cells(row[index] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    cut(
      row.map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index] ?? 0))).join(' '.repeat(gap)),
      width,
    );
  return [paint.dim(line(table.titles)), ...rows.map(line)].map((text) => `${text.trimEnd()}\n`).join('');
}

/** How many columns a text takes: code points, wide ones (CJK, emoji) as two. */
function cells(text: string): number {
  let count = 0;
  for (const character of text) count += wide.test(character) ? 2 : 1;
  return count;
}

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** Cuts a line to `width` columns, `…` in the place of what is left out. */
function cut(text: string, width: number | null): string {
  if (width === null || cells(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += cells(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}
