import { Fault, Unknown, type Value } from '@plimsoll/cel';
import { fieldPathText } from '../../model/field-path.ts';
import type { Json } from '../../model/json.ts';

/** One field that is not as it is wanted. */
export interface Difference {
  /** Of the object; of what is missing in a list, the list. */
  readonly path: string;
  readonly message: string;
  /** Where the policy says what is wanted: `spec.desired.spec.replicas`. */
  readonly wanted: string;
}

/** A place in the judged object: its path, and as people read it, with the keys of elements. */
export class Place {
  readonly path: string;
  readonly shown: string;

  constructor(path: string, shown: string) {
    this.path = path;
    this.shown = shown;
  }

  member(name: string): Place {
    const text = fieldPathText([name]);
    const join = (path: string) => (path === '' || text.startsWith('[') ? path + text : `${path}.${text}`);
    return new Place(join(this.path), join(this.shown));
  }

  element(index: number, key: string | null): Place {
    return new Place(`${this.path}[${index}]`, `${this.shown}[${key ?? index}]`);
  }
}

const longest = 80;

/** Looks for all differences, where one that only asks whether there is any stops at the first. */
export class Hunt {
  readonly differences: Difference[] = [];
  /** Why it is not known of something; null: all is known. */
  unknown: string | null = null;
  readonly #areSecret: (path: string) => boolean;

  /** `areSecret`: values there are never shown. */
  constructor(areSecret: (path: string) => boolean) {
    this.#areSecret = areSecret;
  }

  differs(at: Place, wanted: string, actual: Value | undefined, value: Json): void {
    const edit = this.#text(at, value);
    if (actual === undefined || actual === null) this.#tell(at, wanted, `is not there; add it${edit}`);
    else if (this.#areSecret(at.path)) this.#tell(at, wanted, 'is not as it is to be');
    else this.#tell(at, wanted, `is ${shown(actual)}; set it to${edit.slice(1)}`);
  }

  missing(at: Place, wanted: string, what: string): void {
    this.#tell(at, wanted, `has no ${what}; add it`);
  }

  unwanted(at: Place, wanted: string, actual: Value): void {
    const value = this.#areSecret(at.path) ? 'there' : shown(actual);
    this.#tell(at, wanted, `is ${value}, and is not to be there; take it away`);
  }

  doubt(at: Place, fault: Fault): void {
    this.unknown ??= fault instanceof Unknown ? fault.reasons.join('; ') : `${at.path} has no value`;
  }

  #text(at: Place, value: Json): string {
    return this.#areSecret(at.path) ? '' : `: ${shown(value)}`;
  }

  #tell({ path, shown: place }: Place, wanted: string, message: string): void {
    this.differences.push({ path, wanted, message: `${place} ${message}` });
  }
}

/** A value as JSON, cut where it is long. */
function shown(value: Value): string {
  const text = JSON.stringify(value, (_, inner: Value) => {
    if (typeof inner === 'bigint') return JSON.rawJSON(String(inner));
    return inner instanceof Fault ? '?' : inner;
  });
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
}
