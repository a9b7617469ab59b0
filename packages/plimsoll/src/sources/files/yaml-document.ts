import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import { type Json, setMember } from '../../model/json.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { yamlEvents } from './yaml-events.ts';
import { keyText, specialKey } from './yaml-key.ts';
import { NotJsonNumber, resolvePlain } from './yaml-scalar.ts';

/** A key that one mapping holds twice; the last one counts. `offset` is that of the repetition. */
interface RepeatedKey {
  readonly key: string;
  readonly offset: number;
}

/** A YAML document as kubectl reads it. */
export interface YamlDocument {
  readonly value: Json;
  readonly repeated: readonly RepeatedKey[];
  /** Offset of a second document after `...`, which kubectl leaves out; null where there is none. */
  readonly ignoredFrom: number | null;
  /** True where there is nothing but comments. */
  readonly empty: boolean;
}

type Mutable = { [key: string]: Json };

interface Anchor {
  readonly value: Json;
  readonly mapping: boolean;
  /** Nodes in it, aliases expanded. */
  readonly nodes: number;
}

/** go-yaml v2's bound on aliases (decode.go, allowedAliasRatio): the share of nodes that may come from them. */
function allowedAliasRatio(nodes: number): number {
  if (nodes <= 400_000) return 0.99;
  if (nodes >= 4_000_000) return 0.1;
  return 0.99 - 0.89 * ((nodes - 400_000) / 3_600_000);
}

/**
 * Reads one YAML document as sigs.k8s.io/yaml does: YAML 1.1 words and numbers, keys made strings, merges in the
 * order written, a repeated key's last value. Built straight from js-yaml's events, which is faster than its `load`.
 * Throws {@link UnreadableYaml}.
 */
export function parseYaml(text: string): YamlDocument {
  const { events, text: read, original } = yamlEvents(text);
  try {
    const { repeated, ignoredFrom, ...document } = new Builder(read, events).document();
    return {
      ...document,
      repeated: repeated.map(({ key, offset }) => ({ key, offset: original(offset) })),
      ignoredFrom: ignoredFrom === null ? null : original(ignoredFrom),
    };
  } catch (error) {
    if (error instanceof UnreadableYaml) throw new UnreadableYaml(error.message, original(error.offset), error.bound);
    throw error;
  }
}

const noRange = -1;

class Builder {
  readonly #text: string;
  readonly #events: readonly Event[];
  #at = 0;
  #nodes = 0;
  #aliasNodes = 0;
  readonly #anchors = new Map<string, Anchor | null>();
  readonly #repeated: RepeatedKey[] = [];

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  document(): YamlDocument {
    if (this.#events.length === 0) return { value: null, repeated: [], ignoredFrom: null, empty: true };
    this.#at = 1;
    const only = this.#events[1];
    const empty = only?.type === EVENT_ID.SCALAR && only.valueStart === noRange && only.style === SCALAR_STYLE.PLAIN;
    const value = this.#node();
    this.#at++;
    const next = this.#events[this.#at + 1];
    const ignoredFrom = next === undefined || emptyScalar(next) ? null : offsetOf(next);
    return { value, repeated: this.#repeated, ignoredFrom, empty };
  }

  #next(): Event {
    const event = this.#events[this.#at++];
    if (event === undefined) throw new UnreadableYaml('the document ends too early', this.#text.length);
    return event;
  }

  #node(): Json {
    const event = this.#next();
    this.#nodes++;
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const value = this.#scalar(event);
        if (event.anchorStart !== noRange) this.#anchor(event, value, false, 1);
        return value;
      }
      case EVENT_ID.MAPPING:
        return this.#collection(event, true, () => this.#mapping({}, null));
      case EVENT_ID.SEQUENCE:
        return this.#collection(event, false, () => this.#sequence());
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd).value;
      default:
        throw new UnreadableYaml('a value is missing', offsetOf(event));
    }
  }

  #collection(event: MappingEvent | SequenceEvent, mapping: boolean, build: () => Json): Json {
    if (event.anchorStart === noRange) return build();
    const before = this.#nodes;
    this.#anchors.set(this.#name(event), null);
    const value = build();
    this.#anchor(event, value, mapping, this.#nodes - before + 1);
    return value;
  }

  #anchor(event: ScalarEvent | MappingEvent | SequenceEvent, value: Json, mapping: boolean, nodes: number): void {
    this.#anchors.set(this.#name(event), { value, mapping, nodes });
  }

  #name(event: { anchorStart: number; anchorEnd: number }): string {
    return this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  #alias(start: number, end: number): Anchor {
    const name = this.#text.slice(start, end);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) throw new UnreadableYaml(`unknown anchor '${name}' referenced`, start);
    if (anchor === null) throw new UnreadableYaml(`anchor '${name}' value contains itself`, start);
    this.#nodes += anchor.nodes;
    this.#aliasNodes += anchor.nodes;
    const { ratio, limit } = { ratio: this.#aliasNodes / this.#nodes, limit: allowedAliasRatio(this.#nodes) };
    if (this.#aliasNodes > 100 && this.#nodes > 1000 && ratio > limit) {
      const share = `${Math.round(limit * 100)} % of a document's ${this.#nodes} nodes, the bound that kubectl has`;
      const message = `aliases such as '*${name}' stand for more than ${share}; write out what they stand for`;
      throw new UnreadableYaml(message, start, true);
    }
    return anchor;
  }

  #sequence(): Json {
    const items: Json[] = [];
    while (this.#events[this.#at]?.type !== EVENT_ID.POP) items.push(this.#node());
    this.#at++;
    return items;
  }

  /** Fills `into`; `seen` is null until a merge makes the object's own keys differ from those written here. */
  #mapping(into: Mutable, merged: Set<string> | null): Mutable {
    let overridable = merged;
    for (;;) {
      const event = this.#next();
      if (event.type === EVENT_ID.POP) return into;
      if (event.type === EVENT_ID.SCALAR && this.#isMerge(event)) {
        overridable ??= new Set();
        this.#merge(into, overridable);
        continue;
      }
      this.#nodes++;
      const key = this.#key(event);
      if (key in into && Object.hasOwn(into, key)) {
        if (overridable?.has(key) !== true) this.#repeated.push({ key, offset: offsetOf(event) });
        overridable?.delete(key);
      }
      const value = this.#node();
      setMember(into, key, value);
    }
  }

  #key(event: Event): string {
    if (event.type === EVENT_ID.ALIAS) return this.#keyOf(this.#alias(event.anchorStart, event.anchorEnd).value, event);
    if (event.type !== EVENT_ID.SCALAR) throw new UnreadableYaml('a key is a list or a mapping', offsetOf(event));
    if (event.fast && event.tagStart === noRange && event.anchorStart === noRange) {
      const text = this.#text.slice(event.valueStart, event.valueEnd);
      if (event.style !== SCALAR_STYLE.PLAIN) return text;
      const first = text.charCodeAt(0) | 32;
      // longer words that begin with a letter are never anything but strings
      if (text.length > 5 && first >= 97 && first <= 122) return text;
    }
    const written = this.#written(event);
    const special = event.style === SCALAR_STYLE.PLAIN && event.tagStart === noRange ? specialKey(written) : null;
    if (special !== null) return special;
    const value = this.#scalar(event);
    if (event.anchorStart !== noRange) this.#anchor(event, value, false, 1);
    return this.#keyOf(value, event, written);
  }

  #keyOf(value: Json, event: Event, written?: string): string {
    const key = keyText(value, written);
    if (key === null) throw new UnreadableYaml('JSON has no form for this key', offsetOf(event));
    return key;
  }

  #isMerge(event: ScalarEvent): boolean {
    if (event.valueEnd - event.valueStart !== 2 || this.#text.charCodeAt(event.valueStart) !== 60) return false;
    if (this.#text.slice(event.valueStart, event.valueEnd) !== '<<') return false;
    if (event.tagStart === noRange) return event.style === SCALAR_STYLE.PLAIN;
    return tagName(this.#text.slice(event.tagStart, event.tagEnd)) === '!!merge';
  }

  /** go-yaml v2 (decode.go, merge) sets the keys where `<<` stands: over earlier ones, under later ones. */
  #merge(into: Mutable, overridable: Set<string>): void {
    const start = this.#events[this.#at];
    const value = this.#node();
    const offset = start === undefined ? 0 : offsetOf(start);
    const isList = start?.type === EVENT_ID.SEQUENCE && Array.isArray(value);
    const sources = isList ? (value as readonly Json[]).toReversed() : [value];
    for (const source of sources) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw new UnreadableYaml('map merge requires map or sequence of maps as the value', offset);
      }
      for (const [key, item] of Object.entries(source)) {
        setMember(into, key, item);
        overridable.add(key);
      }
    }
  }

  /** The text of a scalar. One in block style that ends with the document's last, unended line ends without a line feed, too. */
  #written(event: ScalarEvent): string {
    if (event.fast) return this.#text.slice(event.valueStart, event.valueEnd);
    const text = getScalarValue(this.#text, event);
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    if (!isBlock || event.valueEnd < this.#text.length || !text.endsWith('\n')) return text;
    return this.#text.endsWith('\n') ? text : text.slice(0, -1);
  }

  #scalar(event: ScalarEvent): Json {
    const text = this.#written(event);
    try {
      if (event.tagStart !== noRange) return tagged(this.#text.slice(event.tagStart, event.tagEnd), text, event);
      return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(text) : text;
    } catch (error) {
      if (error instanceof NotJsonNumber) throw new UnreadableYaml(error.message, offsetOf(event));
      throw error;
    }
  }
}

function emptyScalar(event: Event): boolean {
  return event.type === EVENT_ID.SCALAR && event.valueStart === noRange;
}

function tagName(raw: string): string {
  return raw.replace(/^!<(.*)>$/, '$1').replace(/^tag:yaml\.org,2002:/, '!!');
}

/** go-yaml v2's `resolve` with an explicit tag; tags that it does not know leave the text as it is. */
function tagged(raw: string, text: string, event: ScalarEvent): Json {
  const tag = tagName(raw);
  if (tag === '!!str') return text;
  if (tag === '!!binary') return decodeBinary(text, event);
  if (tag === '!') return text;
  if (!['!!bool', '!!int', '!!float', '!!null', '!!timestamp'].includes(tag)) return text;
  const value = resolvePlain(text);
  const fits: Record<string, boolean> = {
    '!!bool': typeof value === 'boolean',
    '!!int': typeof value === 'bigint' || Number.isInteger(value),
    '!!float': typeof value === 'number' || typeof value === 'bigint',
    '!!null': value === null,
    '!!timestamp': typeof value === 'string' && /^\d{4}-/.test(value),
  };
  if (fits[tag] !== true) throw new UnreadableYaml(`cannot decode \`${text}\` as a ${tag}`, offsetOf(event));
  return tag === '!!float' ? Number(value) : value;
}

function decodeBinary(text: string, event: ScalarEvent): string {
  const base64 = text.replace(/[\r\n]/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new UnreadableYaml('!!binary value contains invalid base64 data', offsetOf(event));
  }
  return Buffer.from(base64, 'base64').toString('utf8');
}

function offsetOf(event: Event): number {
  if ('valueStart' in event && event.valueStart !== noRange) return event.valueStart;
  if ('start' in event) return event.start;
  if ('anchorStart' in event && event.anchorStart !== noRange) return event.anchorStart;
  return 0;
}
