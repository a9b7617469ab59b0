import { decodeChain, decodeDelta } from '../delta.ts';
import { type Row, STATE_COLUMNS, stateText } from './rows.ts';
import type { Statements } from './statements.ts';

/** So many deltas at most hang on each other; the next one stands by itself. */
export const LONGEST_CHAIN = 32;

/** A superseded state: its text (`stateText`), and from when until when it held. */
export interface SupersededState {
  readonly seq: number;
  readonly at: number;
  readonly until: number;
  readonly untilSeq: number;
  readonly text: string;
}

/**
 * The superseded states of an object, whole ones and deltas alike. A delta of depth 0 stands by itself; any other
 * needs the object's next newer state.
 */
export class SupersededStates {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** The state that held at a position; null where none of these did. */
  at(object: number, position: number): SupersededState | null {
    const whole = this.#statements
      .of(
        `SELECT ${STATE_COLUMNS}, until, until_seq FROM history WHERE object = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`,
      )
      .get(object, position);
    if (whole !== undefined) return Number(whole['until_seq']) > position ? wholeState(whole) : null;
    const delta = this.#statements
      .of('SELECT seq, at, until, until_seq FROM deltas WHERE object = ? AND seq <= ? ORDER BY seq DESC LIMIT 1')
      .get(object, position);
    if (delta === undefined || Number(delta['until_seq']) <= position) return null;
    return { ...spanOf(delta), text: this.#textOf(object, Number(delta['seq'])) };
  }

  /** The states that began before a position, newest first. */
  *before(object: number, position: number): Iterable<SupersededState> {
    let newer: string | null = null;
    for (const row of this.#pages('history', `${STATE_COLUMNS}, until, until_seq`, object, position)) {
      const state = wholeState(row);
      newer = state.text;
      yield state;
    }
    for (const row of this.#pages('deltas', 'seq, at, until, until_seq, depth, delta', object, position)) {
      const seq = Number(row['seq']);
      newer ??= Number(row['depth']) === 0 ? null : this.#newerThan(object, seq);
      newer = decodeDelta(row['delta'] as Uint8Array, Number(row['depth']) === 0 ? null : newer);
      yield { ...spanOf(row), text: newer };
    }
  }

  /** Rows of an object in pages: one who stops early has read few. */
  *#pages(table: 'history' | 'deltas', columns: string, object: number, start: number): Iterable<Row> {
    for (let position = start; ;) {
      const rows = this.#statements
        .of(`SELECT ${columns} FROM ${table} WHERE object = ? AND seq < ? ORDER BY seq DESC LIMIT ${LONGEST_CHAIN}`)
        .all(object, position);
      yield* rows;
      if (rows.length < LONGEST_CHAIN) return;
      position = Number(rows.at(-1)?.['seq']);
    }
  }

  /** The text of a delta: from it up to one that stands by itself, or to what is whole, and down again. */
  #textOf(object: number, seq: number): string {
    const chain: Uint8Array[] = [];
    let last = { seq, depth: 0 };
    for (const row of this.#statements
      .of(`SELECT seq, depth, delta FROM deltas WHERE object = ? AND seq >= ? ORDER BY seq LIMIT ${LONGEST_CHAIN}`)
      .iterate(object, seq)) {
      chain.push(row['delta'] as Uint8Array);
      last = { seq: Number(row['seq']), depth: Number(row['depth']) };
      if (last.depth === 0) break;
    }
    return decodeChain(chain.toReversed(), last.depth === 0 ? null : this.#wholeAfter(object, last.seq));
  }

  /** The text of the next newer state of an object; null where it is the newest. */
  #newerThan(object: number, seq: number): string | null {
    const delta = this.#statements
      .of('SELECT seq FROM deltas WHERE object = ? AND seq > ? ORDER BY seq LIMIT 1')
      .get(object, seq);
    return delta === undefined ? this.#wholeAfter(object, seq) : this.#textOf(object, Number(delta['seq']));
  }

  /** The text of the oldest whole state of an object after a position; null where there is none. */
  #wholeAfter(object: number, seq: number): string | null {
    const row =
      this.#statements
        .of(`SELECT ${STATE_COLUMNS} FROM history WHERE object = ? AND seq > ? ORDER BY seq LIMIT 1`)
        .get(object, seq) ??
      this.#statements.of(`SELECT ${STATE_COLUMNS} FROM resources WHERE id = ? AND seq > ?`).get(object, seq);
    return row === undefined ? null : stateText(row);
  }
}

function wholeState(row: Row): SupersededState {
  return { ...spanOf(row), text: stateText(row) };
}

function spanOf(row: Row): Omit<SupersededState, 'text'> {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    until: Number(row['until']),
    untilSeq: Number(row['until_seq']),
  };
}
