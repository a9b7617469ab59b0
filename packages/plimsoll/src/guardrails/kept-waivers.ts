import type { Waiver } from '../findings/waiver.ts';
import type { Desk } from '../inventory/reader.ts';
import type { Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { readWaiver } from './waiver-reading.ts';

const KEPT = 'waivers';

/** When a waiver was put in force, in milliseconds since 1970, and by whom; null: nobody had to say. */
export interface Created {
  readonly at: number;
  readonly by: string | null;
}

interface Kept extends Created {
  readonly document: JsonObject;
}

/** The waivers that the API took, which the store keeps as they were written. */
export class KeptWaivers {
  readonly #kept: Map<string, { readonly kept: Kept; readonly waiver: Waiver }>;
  /** What a newer version wrote and this one cannot read: kept, and in force no more. */
  readonly #unread: readonly Kept[];
  /** Of those that cannot be read. */
  readonly problems: readonly Problem[];

  private constructor(written: readonly Kept[]) {
    const problems: Problem[] = [];
    const unread: Kept[] = [];
    this.#kept = new Map();
    for (const kept of written) {
      const { waiver, faults } = read(kept.document);
      problems.push(...faults);
      if (waiver === null) unread.push(kept);
      else this.#kept.set(waiver.name, { kept, waiver });
    }
    [this.#unread, this.problems] = [unread, problems];
  }

  /** Those of a store. */
  static async open(store: Store): Promise<KeptWaivers> {
    return new KeptWaivers(JSON.parse((await store.setting(KEPT)) ?? '[]') as readonly Kept[]);
  }

  get all(): readonly Waiver[] {
    return [...this.#kept.values()].map(({ waiver }) => waiver);
  }

  /** When and by whom a waiver was put in force; null where it is none of these. */
  created(name: string): Created | null {
    return this.#kept.get(name)?.kept ?? null;
  }

  /**
   * Takes a waiver as a file would hold it.
   *
   * @throws PlimsollError PLM1301, PLM1302, PLM1303 for one that does not read
   */
  add(document: JsonObject, created: Created): Waiver {
    const { waiver, faults } = read(document);
    const [first] = faults;
    if (waiver === null) {
      const said = faults.map(({ message }) => message).join('\n');
      throw new PlimsollError(isCode(first?.code) ? first.code : 'PLM1302', said);
    }
    this.#kept.set(waiver.name, { kept: { document, ...created }, waiver });
    return waiver;
  }

  /** Forgets a waiver. */
  remove(name: string): void {
    this.#kept.delete(name);
  }

  /** Writes them as they are, in the transaction of `desk`. */
  save(desk: Desk): void {
    const all = [...this.#unread, ...[...this.#kept.values()].map(({ kept }) => kept)];
    desk.keep(KEPT, JSON.stringify(all));
  }
}

const codes = ['PLM1301', 'PLM1302', 'PLM1303'] as const;

function isCode(code: string | undefined): code is (typeof codes)[number] {
  return codes.some((one) => one === code);
}

function read(body: JsonObject): ReturnType<typeof readWaiver> {
  return readWaiver({ source: 'api', origin: 'files', body, place: null }, 'api');
}

/** Those of files with those that are kept; of two with one name the one in the file is in force. */
export function waiversInForce(ofFiles: readonly Waiver[], kept: readonly Waiver[]): readonly Waiver[] {
  const names = new Set(ofFiles.map(({ name }) => name));
  return [...ofFiles, ...kept.filter(({ name }) => !names.has(name))];
}
