import type { Waiver } from '../../findings/waiver.ts';
import { type Created, type KeptWaivers, waiversInForce } from '../../guardrails/kept-waivers.ts';
import { isWaiver } from '../../guardrails/waiver-reading.ts';
import type { Desk } from '../../inventory/reader.ts';
import { PlimsollError, problem } from '../../model/errors.ts';
import { type JsonObject, member } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';

/** Puts waivers in force, and writes in the same transaction. */
type Hold = (inForce: readonly Waiver[], write: (desk: Desk) => void) => Promise<void>;

/** The waivers of a running server: those of its files, and those that its API took. */
export class WaiverKeeping {
  readonly #kept: KeptWaivers;
  readonly #ofFiles: () => readonly Waiver[];
  readonly #hold: Hold;

  /** What of the kept ones is not in force is complained of. */
  constructor(kept: KeptWaivers, ofFiles: () => readonly Waiver[], complain: (problem: Problem) => void, hold: Hold) {
    [this.#kept, this.#ofFiles, this.#hold] = [kept, ofFiles, hold];
    for (const found of [...kept.problems, ...this.#twice()]) complain(found);
  }

  get inForce(): readonly Waiver[] {
    return waiversInForce(this.#ofFiles(), this.#kept.all);
  }

  /**
   * Takes a waiver; gives its name once every finding is held to it.
   *
   * @throws PlimsollError PLM1301, PLM1302, PLM1303 for one that does not read, PLM1324 where the name is taken
   */
  async keep(document: JsonObject, created: Created): Promise<string> {
    if (!isWaiver({ body: document }))
      throw new PlimsollError('PLM1302', 'The body is no waiver: give apiVersion plimsoll.dev/v1 and kind Waiver.');
    const name = member(document['metadata'], 'name');
    if (this.inForce.some((waiver) => waiver.name === name))
      throw new PlimsollError('PLM1324', `There is a waiver ${String(name)} already.`);
    const waiver = this.#kept.add(document, created);
    await this.#hold(this.inForce, (desk) => this.#kept.save(desk));
    return waiver.name;
  }

  /** Ends a waiver that is kept. @throws PlimsollError PLM1325 for one of a file, PLM1005 where there is none */
  async end(name: string): Promise<void> {
    if (this.#kept.created(name) === null) {
      const ofFile = this.#ofFiles().find((waiver) => waiver.name === name);
      if (ofFile === undefined) throw new PlimsollError('PLM1005', `There is no waiver ${name}.`);
      throw new PlimsollError('PLM1325', `The waiver ${name} stands in ${ofFile.place?.file ?? 'a file'}.`);
    }
    this.#kept.remove(name);
    await this.#hold(this.inForce, (desk) => this.#kept.save(desk));
  }

  #twice(): readonly Problem[] {
    const names = new Map(this.#ofFiles().map((waiver) => [waiver.name, waiver]));
    return this.#kept.all.flatMap(({ name }) => {
      const other = names.get(name);
      if (other === undefined) return [];
      const at = { file: other.place?.file ?? null, line: other.place?.line ?? null, subject: `Waiver ${name}` };
      return [problem('PLM1312', `"${name}" is also a waiver that the API took, which is not in force`, at)];
    });
  }
}
