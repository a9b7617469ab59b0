import type { Change } from '../../model/change.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import { isJsonObject } from '../../model/json.ts';
import type { FilePlace, Form, Resource, ResourceKey } from '../../model/resource.ts';

/** A row as node:sqlite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Columns of a resource but for what it is made of. */
export const WORD_COLUMNS = 'source, type, scope, name, uid, version, api_version, kind, unseen, place';

/** Columns of a state of a resource, body as text. */
export const STATE_COLUMNS =
  'uid, version, api_version, kind, unseen, place, seq, at, json(body) AS body, json(forms) AS forms';

/** Columns of a resource, body as text. */
export const RESOURCE_COLUMNS = `source, type, scope, name, ${STATE_COLUMNS}`;

function text(row: Row, column: string): string {
  return String(row[column]);
}

function textOrNull(row: Row, column: string): string | null {
  return typeof row[column] === 'string' ? row[column] : null;
}

/** '' in a row is no scope. */
export function scopeOf(row: Row): string | null {
  return text(row, 'scope') || null;
}

/** A resource from its row. */
export function resourceOf(row: Row): Resource {
  const body = parseExactJson(text(row, 'body'));
  if (!isJsonObject(body)) throw new Error('a stored body is no object');
  const forms = textOrNull(row, 'forms');
  const resource = { ...wordsOf(row), body };
  // Written by ourselves from the source's typed value; parsed as exactly as the body.
  return forms === null ? resource : { ...resource, forms: parseExactJson(forms) as unknown as Form[] };
}

/** What a row of {@link WORD_COLUMNS} says. */
export function wordsOf(row: Row): Omit<Resource, 'body' | 'forms'> {
  const place = textOrNull(row, 'place');
  return {
    source: text(row, 'source'),
    type: text(row, 'type'),
    scope: scopeOf(row),
    name: text(row, 'name'),
    apiVersion: text(row, 'api_version'),
    kind: text(row, 'kind'),
    uid: textOrNull(row, 'uid'),
    version: textOrNull(row, 'version'),
    unseen: unseenOf(text(row, 'unseen')),
    place: place === null ? null : (JSON.parse(place) as FilePlace),
  };
}

let lastUnseen: { readonly text: string; readonly paths: readonly string[] } = { text: '[]', paths: [] };

/** Nearly every row says what the one before it said. */
function unseenOf(said: string): readonly string[] {
  if (said !== lastUnseen.text) lastUnseen = { text: said, paths: JSON.parse(said) as string[] };
  return lastUnseen.paths;
}

/** A state, from its row of {@link STATE_COLUMNS}, as the text that deltas are made of: its body stands in it as it is. */
export function stateText(row: Row): string {
  const names = JSON.stringify([row['uid'], row['version'], row['api_version'], row['kind']]).slice(1, -1);
  const parts = [names, row['unseen'], row['place'] ?? 'null', row['forms'] ?? 'null', row['body']];
  return `[${parts.join()}]`;
}

/** The resource of a key in the state of a text of {@link stateText}. */
export function resourceOfText(key: ResourceKey, stateOf: string): Resource {
  // Written by ourselves; what is in it was a resource's.
  const [uid, version, apiVersion, kind, unseen, place, forms, body] = parseExactJson(stateOf) as unknown as StateParts;
  const { source, type, scope, name } = key;
  const state = { source, type, scope, name, apiVersion, kind, uid, version, body, unseen, place };
  return forms === null ? state : { ...state, forms };
}

type StateParts = readonly [
  Resource['uid'],
  Resource['version'],
  Resource['apiVersion'],
  Resource['kind'],
  Resource['unseen'],
  Resource['place'],
  readonly Form[] | null,
  Resource['body'],
];

/** A change from its row in the log; `resource` where its state is still stored. */
export function changeOf(row: Row, resource: Resource | null): Change {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    operation: text(row, 'operation') as Change['operation'],
    key: { source: text(row, 'source'), type: text(row, 'type'), scope: scopeOf(row), name: text(row, 'name') },
    uid: textOrNull(row, 'uid'),
    resource,
  };
}
