/** A stream read through one growing buffer: what was consumed is dropped, what is not yet is kept. */
export class ByteWindow {
  readonly #chunks: AsyncIterator<Buffer>;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  /** 1-based line in the file of the first byte. */
  line = 1;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The bytes not yet consumed. Valid until the next `more` or `consume`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** True where the stream's end is in the window. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Reads at least `least` bytes more, or to the end. Rejects with the stream's error. */
  async more(least: number): Promise<void> {
    const parts = [this.#bytes];
    for (let read = 0; read < least;) {
      const { value, done } = await this.#chunks.next();
      if (done === true) {
        this.#ended = true;
        break;
      }
      parts.push(value);
      read += value.length;
    }
    if (parts.length > 1) this.#bytes = Buffer.concat(parts);
  }

  /** Takes the first `count` bytes; counts their lines. The buffer given stays valid. */
  consume(count: number): { readonly bytes: Buffer; readonly line: number } {
    const taken = { bytes: this.#bytes.subarray(0, count), line: this.line };
    this.#bytes = this.#bytes.subarray(count);
    this.line += countLines(taken.bytes);
    return taken;
  }

  /** Lets the stream go before its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** Line feeds in `bytes`. */
export function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}
