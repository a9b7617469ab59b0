import { visible } from './visible.ts';

const patienceMilliseconds = 1000;
const turnMilliseconds = 200;
/** Back to the first column, and the line empty (ECMA-48, EL). */
const cleared = '\r\u001B[K';

/** The last line of a terminal, which says what is being done and for how long, once that takes more than a second. */
export class ProgressLine {
  readonly #write: ((text: string) => void) | null;
  readonly #width: number;
  #what: () => string = () => '';
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #drawn = false;

  /** `write` null: there is no terminal, and nothing is ever shown. */
  constructor(write: ((text: string) => void) | null, width: number) {
    this.#write = write;
    this.#width = width;
  }

  /** From now on this is being done (a function is asked each time); null: nothing is. */
  show(what: string | (() => string) | null): void {
    if (this.#write === null) return;
    if (what === null) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.clear();
      return;
    }
    this.#what = typeof what === 'string' ? () => what : what;
    if (this.#timer !== undefined) return;
    this.#since = performance.now();
    this.#timer = setInterval(() => this.#draw(), turnMilliseconds);
    this.#timer.unref();
  }

  /** Takes the line away; what goes on draws it again. */
  clear(): void {
    if (this.#drawn) this.#write?.(cleared);
    this.#drawn = false;
  }

  #draw(): void {
    const passed = performance.now() - this.#since;
    if (passed < patienceMilliseconds) return;
    const text = `${visible(this.#what())} … ${Math.round(passed / 1000)} s`;
    this.#write?.(`${cleared}${text.slice(0, this.#width - 1)}`);
    this.#drawn = true;
  }
}
