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
    }
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
