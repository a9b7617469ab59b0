import { type Event, EVENT_ID, type ScalarEvent, SCALAR_STYLE } from 'js-yaml';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { yamlEvents } from './yaml-events.ts';

/** A 1-based line and column. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Where the value at a path of keys and indexes begins in a YAML or JSON document, or a place inside that value's text;
 * null where there is no such field, or where the text is not the value's line by line (folded, escaped, quoted over
 * lines). The document begins at `firstLine` of its file.
 */
export function fieldPlace(
  text: string,
  firstLine: number,
  path: readonly (string | number)[],
  inside: TextPlace | null,
): TextPlace | null {
  const found = fieldEvent(text, path, 'value');
  if (found === null) return null;
  const offset = inside === null ? startOf(found.text, found.event) : offsetInside(found.text, found.event, inside);
  return offset === null ? null : placeOf(text, firstLine, found.original(offset));
}

/** Where the key at the end of a path stands, in a document that begins at line 1; null where there is none. */
export function keyPlace(text: string, path: readonly (string | number)[]): TextPlace | null {
  const found = fieldEvent(text, path, 'key');
  const offset = found === null ? null : startOf(found.text, found.event);
  return found === null || offset === null ? null : placeOf(text, 1, found.original(offset));
}

/** The line and column of an offset in a text that begins at `firstLine`. */
export function placeOf(text: string, firstLine: number, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: firstLine + before.split('\n').length - 1, column: before.length - before.lastIndexOf('\n') };
}

interface Found {
  readonly event: Event;
  readonly text: string;
  readonly original: (offset: number) => number;
}

function fieldEvent(given: string, path: readonly (string | number)[], wanted: 'key' | 'value'): Found | null {
  try {
    const { events, text, original } = yamlEvents(given);
    const at = find(events, text, 1, path, wanted);
    const event = at === null ? undefined : events[at];
    return event === undefined ? null : { event, text, original };
  } catch (error) {
    if (error instanceof UnreadableYaml) return null;
    throw error;
  }
}

/** Index of the event that begins the node at `path` under the one at `at`. */
function find(
  events: readonly Event[],
  text: string,
  at: number,
  path: readonly (string | number)[],
  wanted: 'key' | 'value',
): number | null {
  const [part, ...rest] = path;
  const event = events[at];
  if (part === undefined) return at;
  if (event?.type === EVENT_ID.SEQUENCE) {
    let item = at + 1;
    for (let index = 0; events[item]?.type !== EVENT_ID.POP; index++, item = behind(events, item)) {
      if (index === part) return find(events, text, item, rest, wanted);
    }
  } else if (event?.type === EVENT_ID.MAPPING) {
    let found: number | null = null;
    for (let key = at + 1; events[key]?.type !== EVENT_ID.POP; key = behind(events, behind(events, key))) {
      const name = events[key];
      // a repeated key's last value counts
      if (name?.type === EVENT_ID.SCALAR && text.slice(name.valueStart, name.valueEnd) === part)
        found = wanted === 'key' && rest.length === 0 ? key : behind(events, key);
    }
    return found === null ? null : find(events, text, found, rest, wanted);
  }
  return null;
}

/** Index of the event behind the node that begins at `at`. */
function behind(events: readonly Event[], at: number): number {
  let depth = 0;
  for (let index = at; index < events.length; index++) {
    const type = events[index]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    else if (type === EVENT_ID.POP) depth--;
    if (depth === 0) return index + 1;
  }
  return events.length;
}

function startOf(text: string, event: Event): number | null {
  if (event.type === EVENT_ID.SCALAR) {
    if (event.valueStart < 0) return null;
    return isBlock(event) ? contentStart(text, event) : event.valueStart - (isQuoted(event) ? 1 : 0);
  }
  return 'start' in event ? event.start : null;
}

const isBlock = ({ style }: ScalarEvent) => style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
const isQuoted = ({ style }: ScalarEvent) =>
  style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;

function contentStart(text: string, event: ScalarEvent): number {
  return event.valueStart + text.slice(event.valueStart, event.valueEnd).search(/\S|$/);
}

function offsetInside(text: string, event: Event, { line, column }: TextPlace): number | null {
  if (event.type !== EVENT_ID.SCALAR) return null;
  if (event.fast) return line === 1 ? event.valueStart + column - 1 : null;
  if (event.style !== SCALAR_STYLE.LITERAL_BLOCK) return null;
  let start = event.valueStart;
  for (let skipped = 1; skipped < line; skipped++) start = text.indexOf('\n', start) + 1;
  return start + event.indent + column - 1;
}
