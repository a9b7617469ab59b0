import type { Step } from './step.ts';
import { quoted } from './writer.ts';

/** Where paths that are read more than once are read ahead of what reads them. */
interface Place {
  readonly newTemp: () => string;
  readonly lines: string[];
}

/** A path from a name: what it starts from, and the plain fields that follow. */
export interface Path {
  readonly place: Place;
  readonly key: string;
  readonly text: string;
  /** The path that it continues. */
  readonly parent: Path | null;
  readonly field: string;
}

/** How often paths are read, which is known once an expression was written for the first time. */
export type PathCounts = ReadonlyMap<string, number>;

/**
 * Paths of an expression. One that is read more than once, `c.securityContext` of each container, is read where its name
 * begins: to read what is there has no effect, costs are counted where the expression says.
 */
export class Paths {
  readonly counts = new Map<string, number>();
  readonly #known: PathCounts;
  readonly #made = new Map<string, string>();
  #names = 0;

  constructor(known: PathCounts) {
    this.#known = known;
  }

  /** The path that a name begins; `lines` stand where its value is known. */
  begin(text: string, place: Place): Path {
    this.#names += 1;
    return { place, key: String(this.#names), text, parent: null, field: '' };
  }

  /** The path with one step more; null where the step is none that can be read ahead. */
  next(path: Path | null | undefined, { key, inherited }: Step): Path | null {
    if (path === null || path === undefined || typeof key !== 'string' || inherited) return null;
    return { place: path.place, key: `${path.key} ${quoted(key)}`, text: '', parent: path, field: key };
  }

  /** Where the value of a path is, undefined where it has none; null where it is not read ahead. */
  value(path: Path | null | undefined): string | null {
    if (path === null || path === undefined) return null;
    if (path.parent === null) return path.text;
    const { parent, field } = path;
    return this.#ahead(`${path.key} value`, path, () => {
      const [from, isPlain] = [this.value(parent), this.isPlain(parent)];
      return from === null || isPlain === null ? null : `${isPlain}?${from}[${quoted(field)}]:undefined`;
    });
  }

  /** Where it says whether that value is a plain object; null where that is not asked ahead. */
  isPlain(path: Path | null | undefined): string | null {
    if (path === null || path === undefined) return null;
    return this.#ahead(`${path.key} is plain`, path, () => {
      const value = this.value(path);
      return value === null ? null : `${value}?.__proto__===O`;
    });
  }

  #ahead(key: string, { place }: Path, compute: () => string | null): string | null {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const text = (this.#known.get(key) ?? 0) < 2 ? null : compute();
    if (text === null) return null;
    const temp = place.newTemp();
    place.lines.push(`${temp}=${text};`);
    this.#made.set(key, temp);
    return temp;
  }
}
