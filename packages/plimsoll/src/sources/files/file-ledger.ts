import { z } from 'zod';
import { keyText, type ResourceKey } from '../../model/resource.ts';

/** A resource that a file holds. `kept`: it did, when the file could last be read. */
export interface Held extends Omit<ResourceKey, 'source'> {
  readonly kept: boolean;
}

const cursorSchema = z.object({
  problems: z.boolean(),
  held: z.array(z.tuple([z.string(), z.string().nullable(), z.string()])),
});

/** Which file holds which resource, and which of several files of one resource counts: the last in order. */
export class FileLedger {
  readonly #source: string;
  readonly #order: (a: string, b: string) => number;
  readonly #files = new Map<string, readonly Held[]>();
  readonly #owners = new Map<string, readonly string[]>();
  readonly #withProblems = new Set<string>();
  /** Files of resources that several files hold, or held, since they were asked for. */
  readonly #sharing = new Set<string>();

  constructor(source: string, order: (a: string, b: string) => number) {
    [this.#source, this.#order] = [source, order];
  }

  /** Takes back what {@link cursorOf} gave in an earlier run. */
  restore(file: string, cursor: string): void {
    const parsed = cursorSchema.safeParse(JSON.parse(cursor));
    if (!parsed.success) return;
    const { held, problems } = parsed.data;
    this.set(
      file,
      held.map(([type, scope, name]) => ({ type, scope, name, kept: true })),
    );
    this.noteProblems(file, problems);
  }

  /** What is to be saved of a file: the keys of what it holds, and whether it has problems; null where that is nothing. */
  cursorOf(file: string): string | null {
    const held = this.held(file).map(({ type, scope, name }) => [type, scope, name]);
    const problems = this.#withProblems.has(file);
    return held.length === 0 && !problems ? null : JSON.stringify({ problems, held });
  }

  /** Notes whether a file has problems; true where it had some before. */
  noteProblems(file: string, has: boolean): boolean {
    const had = this.#withProblems.has(file);
    if (has) this.#withProblems.add(file);
    else this.#withProblems.delete(file);
    return had;
  }

  /** Every file that holds something, or has problems. */
  files(): readonly string[] {
    return [...new Set([...this.#files.keys(), ...this.#withProblems])];
  }

  held(file: string): readonly Held[] {
    return this.#files.get(file) ?? [];
  }

  set(file: string, held: readonly Held[]): void {
    for (const one of this.held(file)) {
      const key = this.#textOf(one);
      this.#noteSharing(key);
      const left = (this.#owners.get(key) ?? []).filter((owner) => owner !== file);
      if (left.length === 0) this.#owners.delete(key);
      else this.#owners.set(key, left);
    }
    if (held.length === 0) this.#files.delete(file);
    else this.#files.set(file, held);
    for (const one of held) {
      const key = this.#textOf(one);
      const owners = this.#owners.get(key) ?? [];
      if (!owners.includes(file)) this.#owners.set(key, owners.length === 0 ? [file] : [...owners, file]);
      this.#noteSharing(key);
    }
  }

  #noteSharing(key: string): void {
    const owners = this.#owners.get(key) ?? [];
    if (owners.length > 1) for (const owner of owners) this.#sharing.add(owner);
  }

  /**
   * Files whose sharing of resources changed since this was asked last, each with the resources for which it counts,
   * by the other files that hold them.
   */
  takeSharing(): ReadonlyMap<string, ReadonlyMap<string, readonly Held[]>> {
    const files = [...this.#sharing];
    this.#sharing.clear();
    return new Map(files.map((file) => [file, this.#sharedBy(file)]));
  }

  #sharedBy(file: string): ReadonlyMap<string, readonly Held[]> {
    const shared = this.held(file).filter(({ name }) => !name.endsWith('*')); // a generateName, which is no name
    const others = (held: Held): string => {
      const owners = (this.#owners.get(this.#textOf(held)) ?? []).toSorted(this.#order);
      return owners.at(-1) === file ? owners.slice(0, -1).join(', ') : '';
    };
    const byOthers = Map.groupBy(shared, others);
    byOthers.delete('');
    return byOthers;
  }

  /** The file whose object of this name counts; null where no file holds one. */
  ownerOf(key: Omit<ResourceKey, 'source'>): string | null {
    const owners = this.#owners.get(this.#textOf(key)) ?? [];
    return owners.length < 2 ? (owners[0] ?? null) : (owners.toSorted(this.#order).at(-1) ?? null);
  }

  #textOf({ type, scope, name }: Omit<ResourceKey, 'source'>): string {
    return keyText({ source: this.#source, type, scope, name });
  }
}
