/** `PRAGMA application_id` of our files: "PLMS". */
export const APPLICATION_ID = 0x504c4d53;

/** `PRAGMA user_version`: raised with every change of the tables. */
export const SCHEMA_VERSION = 2;

/** Scope '' stands for none: no namespace has an empty name, and UNIQUE treats NULLs as different. */
const key = 'source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL';
const state = `uid TEXT, version TEXT, hash TEXT NOT NULL, api_version TEXT NOT NULL, kind TEXT NOT NULL,
  unseen TEXT NOT NULL, place TEXT, seq INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL, forms BLOB`;

const view = `CREATE VIEW versions AS
  SELECT source, type, scope, name, uid, version, hash, api_version, kind, unseen, place, seq, at, NULL AS until, body, forms FROM resources
  UNION ALL SELECT source, type, scope, name, uid, version, hash, api_version, kind, unseen, place, seq, at, until, body, forms FROM history;`;

/** The tables. `versions` shows current and superseded versions alike. */
export const SCHEMA = `
CREATE TABLE resources (id INTEGER PRIMARY KEY, ${key}, ${state}, UNIQUE (source, type, scope, name));
CREATE TABLE history (id INTEGER PRIMARY KEY, ${key}, ${state}, until INTEGER NOT NULL);
CREATE INDEX history_key ON history (source, type, scope, name, seq);
CREATE INDEX history_seq ON history (seq);
CREATE INDEX resources_seq ON resources (seq);
CREATE TABLE changes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, operation TEXT NOT NULL, ${key}, uid TEXT);
CREATE TABLE findings (id TEXT PRIMARY KEY, state TEXT NOT NULL, guardrail TEXT NOT NULL, ${key}, finding TEXT NOT NULL);
CREATE INDEX findings_state ON findings (state, id);
CREATE INDEX findings_resource ON findings (source, type, scope, name);
CREATE TABLE finding_events (seq INTEGER PRIMARY KEY, finding TEXT NOT NULL);
CREATE TABLE coverage (source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, coverage TEXT NOT NULL, PRIMARY KEY (source, type, scope));
CREATE TABLE coverage_events (seq INTEGER PRIMARY KEY, coverage TEXT NOT NULL);
CREATE TABLE cursors (source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, cursor TEXT NOT NULL, PRIMARY KEY (source, type, scope));
CREATE TABLE identities (source TEXT PRIMARY KEY, identity TEXT NOT NULL);
CREATE TABLE facts (source TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, observed_at INTEGER NOT NULL, PRIMARY KEY (source, name));
CREATE TABLE problems (source TEXT NOT NULL, origin TEXT NOT NULL, problems TEXT NOT NULL, PRIMARY KEY (source, origin));
CREATE TABLE readers (name TEXT PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
${view}
`;

/** What brings a store of an older version up to the next one, by the older one's number. */
export const UPGRADES: ReadonlyMap<number, string> = new Map([
  [
    1,
    `DROP VIEW versions; ALTER TABLE resources ADD COLUMN forms BLOB; ALTER TABLE history ADD COLUMN forms BLOB; ${view}`,
  ],
]);
