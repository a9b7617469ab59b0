import { parseExactJson } from '../../model/exact-json.ts';
import { type Json, type JsonObject, setMember } from '../../model/json.ts';
import { type Row, WORD_COLUMNS } from './rows.ts';

/** So many columns at most are asked for; of what would take more the top-level members are read whole. */
const MOST_COLUMNS = 32;
/** A member that a path of SQLite's JSON functions can name whatever stands in it; others are read with what holds them. */
const NAMEABLE = /^[\w./-]+$/;

/** What is read of a value: all of it, or of an object some members. */
type Extent = 'whole' | Map<string, Extent>;

/** The columns that hold parts of bodies, and how they are put together again. */
export interface ExcerptColumns {
  readonly sql: string;
  /** What `sql` is bound to. */
  readonly values: readonly string[];
  /** The parts of a row's body; null where something on the way to one of them is no object. */
  readonly bodyOf: (row: Row) => JsonObject | null;
}

/**
 * What reads the parts of bodies under some paths: SQLite's JSONB finds a member by stepping over the others, unread
 * (https://sqlite.org/jsonb.html).
 */
export function excerptColumns(paths: readonly (readonly string[])[]): ExcerptColumns {
  let made = known.get(paths);
  if (made === undefined) known.set(paths, (made = madeFor(paths)));
  return made;
}

/** By the list itself, which is not changed: whoever reads page by page, or one by one, asks with the same one. */
const known = new WeakMap<readonly (readonly string[])[], ExcerptColumns>();

function madeFor(paths: readonly (readonly string[])[]): ExcerptColumns {
  const columns = columnsOf(extentOf(paths));
  return {
    sql: [WORD_COLUMNS, ...columns.map(columnText)].join(),
    values: columns.flatMap(({ path }) => (path === null ? [] : [path])),
    bodyOf: (row) => bodyOf(row, columns),
  };
}

/** A part of the body that is a column of its own. */
interface Column {
  /** The column's name in the row. */
  readonly name: string;
  /** As SQLite's JSON functions take it; null: the whole body. */
  readonly path: string | null;
  /** The members that lead to it. */
  readonly members: readonly string[];
  /** `object`: whether there is an object, its members are columns of their own. */
  readonly read: 'value' | 'object';
}

function columnText({ name, path, read }: Column): string {
  if (path === null) return `json(body) AS ${name}`;
  return read === 'value' ? `body -> ? AS ${name}` : `json_type(body, ?) AS ${name}`;
}

function extentOf(paths: readonly (readonly string[])[]): Extent {
  const whole = extentUnder(paths, Number.POSITIVE_INFINITY);
  return sizeOf(whole) > MOST_COLUMNS ? extentUnder(paths, 1) : whole;
}

function extentUnder(paths: readonly (readonly string[])[], depth: number): Extent {
  const named = paths.map((path) => {
    const odd = path.findIndex((member) => !NAMEABLE.test(member));
    return path.slice(0, Math.min(depth, odd < 0 ? path.length : odd));
  });
  if (named.some((path) => path.length === 0)) return 'whole';
  const members = Map.groupBy(named, ([first = '']) => first);
  return new Map(
    [...members].map(([member, under]) => [
      member,
      extentUnder(
        under.map((path) => path.slice(1)),
        depth,
      ),
    ]),
  );
}

function sizeOf(extent: Extent): number {
  return extent === 'whole' ? 1 : [...extent.values()].reduce((sum, inner) => sum + sizeOf(inner), 1);
}

/** In an order in which an object comes before its members. */
function columnsOf(extent: Extent): readonly Column[] {
  const columns: Column[] = [];
  const add = (of: Extent, members: readonly string[]): void => {
    const path = members.length === 0 ? null : `$${members.map((member) => `."${member}"`).join('')}`;
    if (of === 'whole') columns.push({ name: `part${columns.length}`, path, members, read: 'value' });
    else {
      if (path !== null) columns.push({ name: `part${columns.length}`, path, members, read: 'object' });
      for (const [member, inner] of of) add(inner, [...members, member]);
    }
  };
  add(extent, []);
  return columns;
}

type Made = Record<string, Json>;

/** The parts put together; null where something on the way to one of them is no object. */
function bodyOf(row: Row, columns: readonly Column[]): JsonObject | null {
  const body: Made = {};
  for (const { name, path, members, read } of columns) {
    const text = row[name];
    if (typeof text !== 'string') continue;
    if (path === null) return parseExactJson(text) as JsonObject;
    if (read === 'value') put(body, members, parseExactJson(text));
    else if (text === 'object') put(body, members, {});
    else return null;
  }
  return body;
}

function put(body: Made, members: readonly string[], value: Json): void {
  let holder = body;
  for (const member of members.slice(0, -1)) holder = holder[member] as Made;
  setMember(holder, members.at(-1) ?? '', value);
}
