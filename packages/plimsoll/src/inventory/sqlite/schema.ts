/** `PRAGMA application_id` of our files: "PLMS". */
export const APPLICATION_ID = 0x504c4d53;

/** `PRAGMA user_version`: raised with every change of the tables. */
export const SCHEMA_VERSION = 3;

/** Scope '' stands for none: no namespace has an empty name, and UNIQUE treats NULLs as different. */
const key = 'source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL';
const state = `uid TEXT, version TEXT, api_version TEXT NOT NULL, kind TEXT NOT NULL, unseen TEXT NOT NULL, place TEXT,
  seq INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL, forms BLOB`;

const resources = `CREATE TABLE resources (id INTEGER PRIMARY KEY, ${key}, hash TEXT NOT NULL, ${state}, UNIQUE (source, type, scope, name));`;

/**
 * What the past is kept in.
 *
 * - `objects`: every key that has a state, or had one that is kept. `id` is the seq at which it was first seen, `died`
 *   the seq at which it was deleted. Without rowids, so that one look along the key tells who lived at a position.
 * - `history`: superseded states, whole; `deltas`: the older ones of them, compacted (compaction.ts). Both by the seq
 *   that ended a state, which is the order in which they are written, moved and forgotten.
 * - `moments`: the position of the log at a time, strictly rising in both.
 * - `horizon`: events up to this position are gone from the log.
 */
const past = `
CREATE TABLE objects (${key}, id INTEGER NOT NULL, died INTEGER, PRIMARY KEY (source, type, scope, name)) WITHOUT ROWID;
CREATE TABLE history (until_seq INTEGER PRIMARY KEY, until INTEGER NOT NULL, object INTEGER NOT NULL, ${state});
CREATE INDEX history_object ON history (object, seq);
CREATE TABLE deltas (until_seq INTEGER PRIMARY KEY, until INTEGER NOT NULL, object INTEGER NOT NULL, seq INTEGER NOT NULL,
  at INTEGER NOT NULL, depth INTEGER NOT NULL, delta BLOB NOT NULL);
CREATE INDEX deltas_object ON deltas (object, seq);
CREATE TABLE moments (at INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE horizon (log INTEGER NOT NULL);`;

/** `born` and `seq`: its first and its last event's. */
const findings = `
CREATE TABLE findings (id TEXT PRIMARY KEY, state TEXT NOT NULL, guardrail TEXT NOT NULL, ${key}, born INTEGER NOT NULL, seq INTEGER NOT NULL, finding TEXT NOT NULL);
CREATE INDEX findings_state ON findings (state, id, born, seq);
CREATE INDEX findings_life ON findings (id, state, born, seq);
CREATE INDEX findings_resource ON findings (source, type, scope, name);
CREATE TABLE finding_events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, finding TEXT NOT NULL);
CREATE INDEX finding_events_id ON finding_events (id, seq);`;

/** `coverage` null: the row ended. */
const coverageEvents = `
CREATE TABLE coverage_events (seq INTEGER PRIMARY KEY, source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, coverage TEXT);
CREATE INDEX coverage_events_slot ON coverage_events (source, type, scope, seq);`;

/** The tables. */
export const SCHEMA = `
${resources}
${past}
INSERT INTO horizon VALUES (0);
CREATE TABLE changes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, operation TEXT NOT NULL, ${key}, uid TEXT);
${findings}
CREATE TABLE coverage (source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, coverage TEXT NOT NULL, PRIMARY KEY (source, type, scope));
${coverageEvents}
CREATE TABLE cursors (source TEXT NOT NULL, type TEXT NOT NULL, scope TEXT NOT NULL, cursor TEXT NOT NULL, PRIMARY KEY (source, type, scope));
CREATE TABLE identities (source TEXT PRIMARY KEY, identity TEXT NOT NULL);
CREATE TABLE facts (source TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, observed_at INTEGER NOT NULL, PRIMARY KEY (source, name));
CREATE TABLE problems (source TEXT NOT NULL, origin TEXT NOT NULL, problems TEXT NOT NULL, PRIMARY KEY (source, origin));
CREATE TABLE readers (name TEXT PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

/** What a store of version 2 knew of its past, in the tables of version 3. */
const toVersion3 = `
DROP VIEW versions;
ALTER TABLE resources RENAME TO old_resources; ALTER TABLE history RENAME TO old_history;
ALTER TABLE findings RENAME TO old_findings; ALTER TABLE finding_events RENAME TO old_finding_events;
ALTER TABLE coverage_events RENAME TO old_coverage_events;
DROP INDEX history_key; DROP INDEX history_seq; DROP INDEX resources_seq; DROP INDEX findings_state; DROP INDEX findings_resource;
${resources} ${past} ${findings} ${coverageEvents}
INSERT INTO horizon SELECT coalesce(min(seq), 1) - 1 FROM (
  SELECT min(seq) AS seq FROM changes UNION ALL SELECT min(seq) FROM old_finding_events UNION ALL SELECT min(seq) FROM old_coverage_events);

INSERT INTO objects SELECT source, type, scope, name, min(seq), NULL FROM (
  SELECT source, type, scope, name, seq FROM old_resources UNION ALL SELECT source, type, scope, name, seq FROM old_history)
  GROUP BY source, type, scope, name;
INSERT INTO resources SELECT o.id, source, type, scope, name, hash, uid, version, api_version, kind, unseen, place, seq, at, body, forms
  FROM old_resources AS r JOIN objects AS o USING (source, type, scope, name) ORDER BY o.id;

-- A state ends where the next one begins, or with the deletion before that; of a deletion that the log forgot it is
-- known only that it came before what the log holds, and of those times nothing is told.
CREATE TEMP TABLE ends AS SELECT h.id AS row, o.id AS object, h.seq,
    lead(h.seq) OVER (PARTITION BY o.id ORDER BY h.seq) AS next_seq, r.seq AS current_seq, h.source, h.type, h.scope, h.name
  FROM (SELECT id, source, type, scope, name, seq FROM old_history) AS h JOIN objects AS o USING (source, type, scope, name)
  LEFT JOIN old_resources AS r USING (source, type, scope, name);
CREATE INDEX temp.ends_row ON ends (row);
CREATE TEMP TABLE deletions AS SELECT source, type, scope, name, seq FROM changes WHERE operation = 'deleted';
CREATE INDEX temp.deletions_key ON deletions (source, type, scope, name, seq);
INSERT OR IGNORE INTO history SELECT coalesce(
    (SELECT min(d.seq) FROM deletions AS d WHERE (d.source, d.type, d.scope, d.name) = (e.source, e.type, e.scope, e.name)
      AND d.seq > e.seq AND d.seq < coalesce(e.next_seq, e.current_seq, 9223372036854775807)),
    e.next_seq, e.current_seq, e.seq), h.until, e.object,
    h.uid, h.version, h.api_version, h.kind, h.unseen, h.place, h.seq, h.at, h.body, h.forms
  FROM old_history AS h JOIN ends AS e ON e.row = h.id ORDER BY e.seq;
UPDATE objects SET died = (SELECT max(until_seq) FROM history WHERE object = objects.id)
  WHERE NOT EXISTS (SELECT 1 FROM resources WHERE id = objects.id);

-- A moment is what the log came to before a change of a later time.
INSERT INTO moments SELECT at, max(last) FROM (
  SELECT min(at) OVER (ORDER BY seq ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS at,
    coalesce(lead(seq) OVER (ORDER BY seq) - 1, (SELECT max(seq) FROM (SELECT max(seq) AS seq FROM changes
      UNION ALL SELECT max(seq) FROM old_finding_events UNION ALL SELECT max(seq) FROM old_coverage_events))) AS last
  FROM changes) GROUP BY at;

INSERT INTO finding_events SELECT seq, json_extract(finding, '$.id'), finding FROM old_finding_events;
INSERT INTO findings SELECT id, state, guardrail, source, type, scope, name,
    coalesce((SELECT min(e.seq) FROM finding_events AS e WHERE e.id = old_findings.id), json_extract(finding, '$.seq')),
    json_extract(finding, '$.seq'), finding FROM old_findings;
INSERT INTO coverage_events SELECT seq, json_extract(coverage, '$.source'), json_extract(coverage, '$.type'),
    coalesce(json_extract(coverage, '$.scope'), ''), coverage FROM old_coverage_events;
DROP TABLE old_resources; DROP TABLE old_history; DROP TABLE old_findings; DROP TABLE old_finding_events; DROP TABLE old_coverage_events;
DROP TABLE temp.ends; DROP TABLE temp.deletions;`;

/** What brings a store of an older version up to the next one, by the older one's number. */
export const UPGRADES: ReadonlyMap<number, string> = new Map([
  [
    1,
    `DROP VIEW versions; ALTER TABLE resources ADD COLUMN forms BLOB; ALTER TABLE history ADD COLUMN forms BLOB;
    CREATE VIEW versions AS SELECT seq, NULL AS until, body, forms FROM resources UNION ALL SELECT seq, until, body, forms FROM history;`,
  ],
  [2, toVersion3],
]);
