import type { Clock } from '../../model/clock.ts';
import type { Coverage } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource, ResourceKey } from '../../model/resource.ts';
import type { FindingFilter, HistoryEntry, Page, ResourceFilter, Story, Timeline, Version } from '../store.ts';
import { ORDER, conditions, distinct, following, keyConditions, token, tokenValues } from './query.ts';
import { type Row, STATE_COLUMNS, resourceOfText, stateText } from './rows.ts';
import type { Statements } from './statements.ts';
import { type SupersededState, SupersededStates } from './superseded.ts';

const KEY = 'source = ? AND type = ? AND scope = ? AND name = ?';
const LONGEST_BATCH = 500;

type Values = readonly (string | number)[];

/**
 * The past of a store. A time is first turned into a position of the log, the last one reached by then; what stood
 * there is read from the states whose span holds it. So an answer is always a state that the store really had, whole
 * transactions alone, whatever the clock did meanwhile.
 */
export class History {
  readonly #statements: Statements;
  readonly #superseded: SupersededStates;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(statements: Statements, clock: Pick<Clock, 'now'>) {
    this.#statements = statements;
    this.#superseded = new SupersededStates(statements);
    this.#clock = clock;
  }

  #all(sql: string, values: Values): Row[] {
    return this.#statements.of(sql).all(...values);
  }

  #get(sql: string, values: Values): Row | undefined {
    return this.#statements.of(sql).get(...values);
  }

  times(): { readonly oldest: number; readonly newest: number } | null {
    const { oldest, newest } = this.#get('SELECT min(at) AS oldest, max(at) AS newest FROM moments', []) ?? {};
    return typeof oldest === 'number' && typeof newest === 'number' ? { oldest, newest } : null;
  }

  /** The last position of the log at a time. @throws {PlimsollError} PLM1508, PLM1509 */
  position(at: number): number {
    if (at > this.#clock.now())
      throw new PlimsollError('PLM1509', `${timeText(at)} is still to come: it is ${timeText(this.#clock.now())}`);
    const row = this.#get('SELECT seq FROM moments WHERE at <= ? ORDER BY at DESC LIMIT 1', [at]);
    if (row !== undefined) return Number(row['seq']);
    const oldest = this.times()?.oldest;
    const since = oldest === undefined ? 'nothing was ever seen' : `the oldest time kept is ${timeText(oldest)}`;
    throw new PlimsollError('PLM1508', `nothing is known of ${timeText(at)}: ${since}`);
  }

  /** The state that a change gave a resource; null where it is not kept any more. */
  stateOf(key: ResourceKey, seq: number): Resource | null {
    const object = this.#object(key);
    if (object === null) return null;
    const version = this.#versionAt(object, key, seq);
    return version?.seq === seq ? version.resource : null;
  }

  resource(key: ResourceKey, position: number): Version | null {
    const object = this.#object(key);
    return object === null ? null : this.#versionAt(object, key, position);
  }

  #object(key: ResourceKey): number | null {
    const row = this.#get(`SELECT id FROM objects WHERE ${KEY}`, [key.source, key.type, key.scope ?? '', key.name]);
    return row === undefined ? null : Number(row['id']);
  }

  /** The state of an object at a position; null where it had none. */
  #versionAt(object: number, key: ResourceKey, position: number): Version | null {
    const current = this.#get(`SELECT ${STATE_COLUMNS} FROM resources WHERE id = ? AND seq <= ?`, [object, position]);
    if (current !== undefined) return versionOf(key, current);
    const state = this.#superseded.at(object, position);
    return state === null ? null : supersededVersion(key, state);
  }

  versions(key: ResourceKey, limit: number, page: string | null): Page<HistoryEntry> {
    const object = this.#object(key);
    if (object === null) return { items: [], next: null };
    const [after] = page === null ? [] : tokenValues(page, 1);
    const before = after === undefined ? Number.MAX_SAFE_INTEGER : Number(after);
    const items: HistoryEntry[] = [];
    for (const entry of this.#entries(key, object, before)) {
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) return { items, next: token([String(last.seq)]) };
      items.push(entry);
    }
    return { items, next: null };
  }

  /** What became of an object before a position, newest first. */
  *#entries(key: ResourceKey, object: number, before: number): Iterable<HistoryEntry> {
    const current = this.#get(`SELECT ${STATE_COLUMNS} FROM resources WHERE id = ? AND seq < ?`, [object, before]);
    let newer = this.#firstSince(object, before);
    if (current !== undefined) {
      yield { kind: 'version', ...versionOf(key, current) };
      newer = Number(current['seq']);
    }
    for (const state of this.#superseded.before(object, before)) {
      // The deletion that ended a state stands between it and the next one.
      if (state.untilSeq !== newer && state.untilSeq < before)
        yield { kind: 'deleted', seq: state.untilSeq, at: state.until };
      yield { kind: 'version', ...supersededVersion(key, state) };
      newer = state.seq;
    }
  }

  /** Where the first state of an object at or after a position begins. */
  #firstSince(object: number, position: number): number | null {
    const row = this.#get(
      `SELECT min(seq) AS seq FROM (SELECT seq FROM resources WHERE id = ?1 AND seq >= ?2
       UNION ALL SELECT min(seq) FROM history WHERE object = ?1 AND seq >= ?2
       UNION ALL SELECT min(seq) FROM deltas WHERE object = ?1 AND seq >= ?2)`,
      [object, position],
    );
    return typeof row?.['seq'] === 'number' ? row['seq'] : null;
  }

  resources(filter: ResourceFilter, at: number, limit: number, page: string | null): Page<Resource> {
    const { position, after } = this.#pagePosition(at, page, 4);
    const items: Resource[] = [];
    for (const { key, object } of this.#living(filter, position, after, batchOf(limit))) {
      const version = this.#versionAt(object, key, position);
      if (version === null) continue;
      const last = items.at(-1);
      if (items.length === limit && last !== undefined)
        return { items, next: token([String(position), last.source, last.type, last.scope ?? '', last.name]) };
      items.push(version.resource);
    }
    return { items, next: null };
  }

  /** Where a list stands: the position that its first page was given for, and the last item of the page before. */
  #pagePosition(at: number, page: string | null, width: number): { position: number; after: string[] } {
    const position = this.position(at);
    const [seq, ...after] = page === null ? [] : tokenValues(page, width + 1);
    return seq === undefined ? { position, after: [] } : { position: Number(seq), after };
  }

  /** The keys that may have had a state at a position, in order: a recreated object may have been gone just then. */
  *#living(filter: ResourceFilter, position: number, after: readonly string[], batch: number): Iterable<Living> {
    const { source, type } = filter;
    if (source !== undefined || type === undefined) return yield* this.#livingPart(filter, position, after, batch);
    // Without its source a type's keys do not stand together.
    const [begin = ''] = after;
    for (const row of this.#all(distinct('source', { from: 'source >= ?1' }, 'objects'), [begin])) {
      const part = { ...filter, source: String(row['value']) };
      yield* this.#livingPart(part, position, part.source === begin ? after : [], batch);
    }
  }

  *#livingPart(filter: ResourceFilter, position: number, start: readonly string[], batch: number): Iterable<Living> {
    const { where, values } = keyConditions(filter);
    for (let after = start; ;) {
      const rest = following(filter, after);
      const rows = this.#all(livingQuery(where, rest.sql), [...values, position, position, ...rest.values, batch]);
      for (const row of rows) yield { key: keyOf(row), object: Number(row['id']) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < batch) return;
      after = ORDER.map((word) => String(last[word]));
    }
  }

  findings(filter: FindingFilter, at: number, limit: number, page: string | null): Page<Finding> {
    const { position, after } = this.#pagePosition(at, page, 1);
    const items: Finding[] = [];
    for (const finding of this.#standing(filter, position, after[0] ?? '', batchOf(limit))) {
      if (items.length === limit) return { items, next: token([String(position), items.at(-1)?.id ?? '']) };
      items.push(finding);
    }
    return { items, next: null };
  }

  *#standing({ state, ...filter }: FindingFilter, position: number, start: string, batch: number): Iterable<Finding> {
    const { where, values } = conditions(filter);
    for (let after = start; ;) {
      const rows = this.#all(findingsQuery(where, state), [...values, position, position, after, batch]);
      for (const row of rows) {
        const finding = this.#findingAt(row, position);
        if (finding !== null && (state === undefined || finding.state === state)) yield finding;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < batch) return;
      after = String(last['id']);
    }
  }

  #findingAt(row: Row, position: number): Finding | null {
    const id = String(row['id']);
    const found =
      Number(row['seq']) <= position
        ? this.#get('SELECT finding FROM findings WHERE id = ?', [id])
        : this.#get('SELECT finding FROM finding_events WHERE id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1', [
            id,
            position,
          ]);
    return found === undefined ? null : (JSON.parse(String(found['finding'])) as Finding);
  }

  stories(filter: ResourceFilter, at: number, limit: number, page: string | null): Page<Story> {
    const { position, after } = this.#pagePosition(at, page, 4);
    const { where, values } = keyConditions(filter);
    const rest = following(filter, after);
    const rows = this.#all(sinceQuery(where, rest.sql), [...values, position, ...rest.values, limit + 1]);
    const items = rows.slice(0, limit).map((row): Story => {
      const key = keyOf(row);
      return { key, entries: this.#entriesSince(key, Number(row['id']), position) };
    });
    const last = items.at(-1)?.key;
    const isLast = rows.length <= limit || last === undefined;
    const words = isLast ? [] : [String(position), last.source, last.type, last.scope ?? '', last.name];
    return { items, next: isLast ? null : token(words) };
  }

  /** What an object was at a position, and what became of it since, oldest first. */
  #entriesSince(key: ResourceKey, object: number, position: number): HistoryEntry[] {
    const entries: HistoryEntry[] = [];
    for (const entry of this.#entries(key, object, Number.MAX_SAFE_INTEGER)) {
      if (entry.seq > position || entry.kind === 'version') entries.push(entry);
      if (entry.seq <= position) break;
    }
    return entries.reverse();
  }

  /** Transactions after a time, in their order: a page of them. */
  moments(after: number, limit: number): Timeline['moments'] {
    const rows = this.#all('SELECT at, seq FROM moments WHERE at > ? ORDER BY at LIMIT ?', [after, limit]);
    return rows.map((row) => ({ at: Number(row['at']), seq: Number(row['seq']) }));
  }

  /** Of the time from a moment on, all but the transactions that follow that moment. */
  timeline(at: number): Timeline {
    const position = this.position(at);
    const moments = this.#all('SELECT at, seq FROM moments WHERE at <= ? ORDER BY at DESC LIMIT 1', [at]);
    const events = this.#all(
      'SELECT seq, source, type, scope, coverage FROM coverage_events WHERE seq > ? ORDER BY seq',
      [position],
    );
    const types = this.#all(distinct('source', {}, 'objects'), []).flatMap(({ value: source }) =>
      this.#all(distinct('type', { within: 'source = ?1' }, 'objects'), [String(source)]).map(({ value: type }) => ({
        source: String(source),
        type: String(type),
      })),
    );
    return {
      moments: moments.map((row) => ({ at: Number(row['at']), seq: Number(row['seq']) })),
      coverage: [
        ...this.coverage(at).map((coverage) => ({ ...slotOf(coverage), seq: position, coverage })),
        ...events.map((row) => ({
          source: String(row['source']),
          type: String(row['type']),
          scope: String(row['scope']) || null,
          seq: Number(row['seq']),
          coverage: row['coverage'] === null ? null : (JSON.parse(String(row['coverage'])) as Coverage),
        })),
      ],
      types,
    };
  }

  coverage(at: number): Coverage[] {
    // SQLite takes bare columns from the row of the maximum (https://sqlite.org/lang_select.html#bareagg). A row that
    // has no event is older than all of them.
    const rows = this.#all(
      `SELECT source, type, scope, coverage FROM (SELECT source, type, scope, max(seq), coverage FROM coverage_events
         WHERE seq <= ? GROUP BY source, type, scope) WHERE coverage IS NOT NULL
       UNION ALL SELECT source, type, scope, coverage FROM coverage AS now WHERE NOT EXISTS (SELECT 1 FROM coverage_events
         WHERE (source, type, scope) = (now.source, now.type, now.scope)) ORDER BY source, type, scope`,
      [this.position(at)],
    );
    return rows.map((row) => JSON.parse(String(row['coverage'])) as Coverage);
  }
}

/** How many candidates are read at once for a page: one more than it holds tells whether it is the last. */
function batchOf(limit: number): number {
  return Math.min(limit + 1, LONGEST_BATCH);
}

interface Living {
  readonly key: ResourceKey;
  readonly object: number;
}

/** Keys that lived at a position, along the key of `objects` alone. */
export function livingQuery(where: string, rest: string): string {
  return `SELECT ${ORDER.join()}, id FROM objects WHERE ${where} AND id <= ? AND (died IS NULL OR died > ?) ${rest} ORDER BY ${ORDER.join()} LIMIT ?`;
}

/** Keys that lived at a position or later, along the key of `objects` alone. */
export function sinceQuery(where: string, rest: string): string {
  return `SELECT ${ORDER.join()}, id FROM objects WHERE ${where} AND (died IS NULL OR died > ?) ${rest} ORDER BY ${ORDER.join()} LIMIT ?`;
}

function slotOf({ source, type, scope }: Coverage): Pick<Coverage, 'source' | 'type' | 'scope'> {
  return { source, type, scope };
}

/** Findings that there were at a position; those alone that may have been in `state` then. */
export function findingsQuery(where: string, state: FindingFilter['state']): string {
  const other = state === 'open' ? 'resolved' : 'open';
  const may = state === undefined ? '? IS NOT NULL' : `NOT (state = '${other}' AND seq <= ?)`;
  return `SELECT id, seq FROM findings WHERE ${where} AND born <= ? AND ${may} AND id > ? ORDER BY id LIMIT ?`;
}

function keyOf(row: Row): ResourceKey {
  const [source, type, scope, name] = [row['source'], row['type'], row['scope'], row['name']].map(String);
  return { source: source ?? '', type: type ?? '', scope: scope || null, name: name ?? '' };
}

function versionOf(key: ResourceKey, row: Row): Version {
  return { seq: Number(row['seq']), at: Number(row['at']), until: null, resource: resourceOfText(key, stateText(row)) };
}

function supersededVersion(key: ResourceKey, { seq, at, until, text }: SupersededState): Version {
  return { seq, at, until, resource: resourceOfText(key, text) };
}

function timeText(at: number): string {
  return Number.isNaN(new Date(at).getTime()) ? String(at) : new Date(at).toISOString();
}
