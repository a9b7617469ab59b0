import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** SQL that was prepared once and runs many times: preparing takes longer than most of what the store runs. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The statement of an SQL text; of a text there are few, what they are about is bound. */
  of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) this.#prepared.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}
