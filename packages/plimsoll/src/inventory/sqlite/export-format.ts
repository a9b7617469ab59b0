import { z } from 'zod';

/** Raised with every change of what an export holds; an import takes this one and the older ones. */
export const EXPORT_FORMAT = 1;

/** How much an export holds. */
export interface Exported {
  readonly resources: number;
  /** Of all resources, the current ones with them. */
  readonly versions: number;
}

/**
 * An export is JSON lines, compressed as one Zstandard stream:
 *
 * 1. `{"plimsoll": "store export", "format": 1}`
 * 2. `{TABLE: [values of its columns]}` for each row of the tables below
 * 3. for each key `{"object": [source, type, scope, name, id, died], "superseded": N}` and behind it its states, newest
 *    first: `{"current": [seq, at, hash], "state": STATE}`, where it has one, and N times
 *    `{"superseded": [seq, at, untilSeq, until], "state": STATE}`; STATE is `[uid, version, apiVersion, kind, unseen,
 *    place, forms, body]`
 * 4. `{"end": {"sha256": HEX}}`, over all bytes before it: what lacks it is cut off
 */
export const exportedTables = [
  { name: 'moments', columns: ['at', 'seq'] },
  { name: 'horizon', columns: ['log'] },
  { name: 'changes', columns: ['seq', 'at', 'operation', 'source', 'type', 'scope', 'name', 'uid'] },
  {
    name: 'findings',
    columns: ['id', 'state', 'guardrail', 'source', 'type', 'scope', 'name', 'born', 'seq', 'finding'],
  },
  { name: 'finding_events', columns: ['seq', 'id', 'finding'] },
  { name: 'coverage', columns: ['source', 'type', 'scope', 'coverage'] },
  { name: 'coverage_events', columns: ['seq', 'source', 'type', 'scope', 'coverage'] },
  { name: 'cursors', columns: ['source', 'type', 'scope', 'cursor'] },
  { name: 'identities', columns: ['source', 'identity'] },
  { name: 'facts', columns: ['source', 'name', 'value', 'observed_at'] },
  { name: 'problems', columns: ['source', 'origin', 'problems'] },
  { name: 'readers', columns: ['name', 'seq'] },
  { name: 'settings', columns: ['name', 'value'] },
] as const;

const integer = z.int();
const value = z.union([z.string(), integer, z.null()]);
const text = z.string();

/** The first line. */
export const headerLine = z.object({ plimsoll: z.literal('store export'), format: z.int().min(1) });

/** The last line. */
export const endLine = z.strictObject({ end: z.strictObject({ sha256: text }) });

/** A line in between. */
export const bodyLine = z.union([
  z.strictObject({
    object: z.tuple([text, text, text, text, integer, z.nullable(integer)]),
    superseded: z.int().min(0),
  }),
  z.strictObject({ current: z.tuple([integer, integer, text]), state: z.array(z.unknown()).length(8) }),
  z.strictObject({
    superseded: z.tuple([integer, integer, integer, integer]),
    state: z.array(z.unknown()).length(8),
  }),
  z.partialRecord(z.enum(exportedTables.map(({ name }) => name)), z.array(value)),
]);
