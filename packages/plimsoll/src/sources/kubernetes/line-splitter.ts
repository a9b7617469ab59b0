const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines at `\n` (watch streams are one JSON document a line). Each byte is copied at most once
 * more than it arrived, however small the chunks are: parts of an unfinished line are kept apart and joined when its
 * end comes.
 */
export class LineSplitter {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #held = 0;

  /** `limit`: bytes that one line may have. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The lines that `chunk` completes, without their `\n`; empty lines are left out. They may share the chunk's memory.
   * Throws {@link RangeError} where a line exceeds the limit.
   */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const line = this.#take(chunk.subarray(from, at));
      if (line.length > 0) lines.push(line);
      from = at + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
    return lines;
  }

  /** The bytes after the last `\n`; none where the stream ended with its last line. */
  rest(): Buffer {
    return this.#take(Buffer.alloc(0));
  }

  #hold(part: Buffer): void {
    this.#held += part.length;
    if (this.#held > this.#limit) throw new RangeError(`a line exceeds ${this.#limit} bytes`);
    this.#parts.push(part);
  }

  #take(last: Buffer): Buffer {
    if (this.#parts.length === 0) return last;
    this.#hold(last);
    const whole = Buffer.concat(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    return whole;
  }
}
