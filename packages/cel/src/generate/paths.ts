import { walkOfText } from '../functions/cost.ts';
import { type Step, refuseOdd, taken } from './step.ts';
import { BAIL, quoted } from './writer.ts';

/** Where paths that are read more than once are read ahead of what reads them. */
interface Place {
  readonly newTemp: () => string;
  readonly lines: string[];
}

/** A path from a name: what it starts from, and the fields that follow. */
export interface Path {
  readonly place: Place;
  readonly key: string;
  readonly text: string;
  /** The path that it continues. */
  readonly parent: Path | null;
  readonly step: Step | null;
}

/** How often paths are read, which is known once an expression was written for the first time. */
type PathCounts = ReadonlyMap<string, number>;

/**
 * Paths of an expression. One that is read more than once, `c.securityContext` of each container, is read where its
 * name begins: to read what is there has no effect, costs are counted where the expression says.
 */
export class Paths {
  readonly counts = new Map<string, number>();
  readonly #known: PathCounts;
  readonly #made = new Map<string, string>();
  readonly #asked = new Set<string>();
  #names = 0;

  constructor(known: PathCounts) {
    this.#known = known;
  }

  /** The path that a name begins; `lines` stand where its value is known. */
  begin(text: string, place: Place): Path {
    this.#names += 1;
    return { place, key: String(this.#names), text, parent: null, step: null };
  }

  /** The path with one step more; null where the step is none that can be read ahead. */
  next(path: Path | null | undefined, step: Step): Path | null {
    if (path === null || path === undefined || step.way === 'element') return null;
    return { place: path.place, key: `${path.key} ${step.way} ${quoted(step.key)}`, text: '', parent: path, step };
  }

  /** Where the value of a path is, undefined where it has none; null where it is not read ahead. */
  value(path: Path | null): string | null {
    if (path === null) return null;
    if (path.parent === null || path.step === null) return path.text;
    const { key, place, parent, step } = path;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const from = (this.#known.get(key) ?? 0) < 2 ? null : this.value(parent);
    if (from === null) return null;
    const temp = place.newTemp();
    const asked = this.isPlain(parent, step) ? '' : `if(${temp}===undefined&&${from}!==undefined){${refuseOdd(from)}}`;
    place.lines.push(
      step.way === 'direct'
        ? `${temp}=${taken(from, step)};${asked}`
        : `if(${from}===undefined)${temp}=undefined;else{if(${from}?.__proto__!==O)${BAIL}${temp}=${taken(from, step)};}`,
    );
    this.#made.set(key, temp);
    return temp;
  }

  /**
   * True where it is asked ahead whether the value is odd (step.ts), which is where that is to be known for two fields.
   */
  isPlain(path: Path | null, field: Step): boolean {
    if (path === null) return false;
    const key = `${path.key} plain`;
    const ofField = `${key} ${quoted(String(field.key))}`;
    if (!this.#asked.has(ofField)) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.#asked.add(ofField);
    if (this.#made.has(key)) return true;
    const value = (this.#known.get(key) ?? 0) < 2 ? '' : (this.#made.get(path.key) ?? path.text);
    if (value === '') return false;
    path.place.lines.push(refuseOdd(value));
    this.#made.set(key, value);
    return true;
  }

  /** What a walk through the text there costs; null where that is not counted ahead. */
  walk(path: Path | null, use: (fn: typeof walkOfText) => string): string | null {
    if (path === null) return null;
    const key = `${path.key} walk`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const value = (this.#known.get(key) ?? 0) < 2 ? null : (this.#made.get(path.key) ?? path.text);
    if (value === null || value === '') return null;
    const temp = path.place.newTemp();
    path.place.lines.push(`${temp}=typeof ${value}==="string"?${use(walkOfText)}(${value}):0;`);
    this.#made.set(key, temp);
    return temp;
  }
}
