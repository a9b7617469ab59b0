import type { Needs } from '../../model/needs.ts';

/** Tells each source what is needed of it, whenever that changes. */
export class NeedsTeller {
  /** What was last said to each source, as text. */
  readonly #said = new Map<string, string>();
  #tell: ((source: string, needs: Needs) => void) | null = null;

  /** Calls back with what is needed of each of these sources from now on: again of all of them the next time. */
  listen(sources: readonly string[], tell: (source: string, needs: Needs) => void): void {
    for (const source of sources) this.#said.set(source, '');
    this.#tell = tell;
  }

  /** Says what is needed of each source where it is something else than was said before. */
  say(needsOf: (source: string) => Needs): void {
    for (const [source, said] of this.#said) {
      const needs = needsOf(source);
      const text = JSON.stringify(needs);
      if (said === text) continue;
      this.#said.set(source, text);
      this.#tell?.(source, needs);
    }
  }
}
