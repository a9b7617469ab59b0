import { type JsonObject, member } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { definingKind, definitionsAmong, objectsOfKinds, readingOf, type FileReading } from './file-reading.ts';

/**
 * Which types the kinds of a folder are: those of its CRDs, which come and go with their files. A CRD whose file
 * cannot be read any more goes on defining its kind.
 */
export class FileTypes {
  readonly #source: string;
  readonly #definitions = new Map<string, readonly JsonObject[]>();
  /** Which type each kind of each file was taken for. */
  readonly #uses = new Map<string, ReadonlyMap<string, string>>();
  #kinds = new FileKinds();

  constructor(source: string) {
    this.#source = source;
  }

  get kinds(): FileKinds {
    return this.#kinds;
  }

  /**
   * Learns the CRDs of changed files, and unlearns those that are gone; gives the files whose objects' types change.
   * `defines`: whether a file holds a CRD.
   */
  async learn(
    changed: readonly string[],
    gone: readonly string[],
    defines = async (file: string) => (await objectsOfKinds(file, [definingKind])).length > 0,
  ): Promise<readonly string[]> {
    let different = false;
    for (const file of gone) {
      this.#uses.delete(file);
      different = this.#definitions.delete(file) || different;
    }
    for (const file of changed) {
      const before = this.#definitions.get(file) ?? [];
      if (!(await defines(file)) && before.length === 0) continue;
      const now = merged(before, await readingOf(file, this.#source));
      different = JSON.stringify(now) !== JSON.stringify(before) || different;
      if (now.length === 0) this.#definitions.delete(file);
      else this.#definitions.set(file, now);
    }
    return different ? this.#relearn() : [];
  }

  #relearn(): readonly string[] {
    this.#kinds = new FileKinds();
    for (const definitions of this.#definitions.values()) for (const body of definitions) this.#kinds.learn(body);
    return [...this.#uses]
      .filter(([, uses]) => [...uses].some(([kind, type]) => this.#typeOf(kind) !== type))
      .map(([file]) => file);
  }

  /** Notes which kinds a file's objects are of. */
  note({ file, objects }: FileReading): void {
    const kinds = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
    if (kinds.size === 0) this.#uses.delete(file);
    else this.#uses.set(file, new Map([...kinds].map((kind) => [kind, this.#typeOf(kind)])));
  }

  #typeOf(words: string): string {
    const space = words.indexOf(' ');
    const [apiVersion, kind] = [words.slice(0, space), words.slice(space + 1)];
    const known = this.#kinds.of(apiVersion, kind);
    return known === null ? this.#kinds.guess(apiVersion, kind) : `${known.type} ${known.namespaced}`;
  }
}

/** The definitions of a file now, as far as they say which kind is which type; of a broken file also those of before. */
function merged(before: readonly JsonObject[], { objects, hidden }: FileReading): readonly JsonObject[] {
  const now = definitionsAmong(objects).map(namesOf);
  if (hidden === null) return now;
  const there = new Set(now.map(({ metadata }) => member(metadata, 'name')));
  return [...before.filter(({ metadata }) => !there.has(member(metadata, 'name'))), ...now];
}

function namesOf(body: JsonObject): JsonObject {
  const spec = body['spec'];
  const kept = ['group', 'names', 'scope'].map((key) => [key, member(spec, key) ?? null]);
  return { metadata: { name: member(body['metadata'], 'name') ?? null }, spec: Object.fromEntries(kept) };
}
