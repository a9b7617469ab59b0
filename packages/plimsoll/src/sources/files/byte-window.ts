import { open } from 'node:fs/promises';

/** Where a window's bytes come from. */
export interface ByteSource {
  /** Fills `into` from its beginning; gives the number of bytes, 0 at the end. Rejects with the system's error. */
  read(into: Buffer): Promise<number>;
  close(): Promise<void>;
}

/** A file's bytes. Rejects with the system's error where it cannot be opened. */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await open(path);
  return {
    read: async (into) => (await file.read(into, 0, into.length)).bytesRead,
    close: async () => await file.close(),
  };
}

/** The bytes of a stream, as of standard input. */
export function streamSource(chunks: AsyncIterable<Buffer>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  return {
    read: async (into) => {
      while (left.length === 0) {
        const { value, done } = await iterator.next();
        if (done === true) return 0;
        left = value;
      }
      const count = left.copy(into);
      left = left.subarray(count);
      return count;
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}

/** Bytes taken out of a window, with the 1-based line of the file that they begin in. */
export interface Part {
  readonly bytes: Buffer;
  readonly line: number;
}

/** Bytes that a window begins with; it grows to hold what is asked for. */
const firstCapacity = 2 ** 21;
/** The buffer of a window that was closed, for the next: thousands of small files need one. */
let spare: Buffer | null = null;

/**
 * A stream read through one buffer that is used again and again: what was consumed makes room, what is not yet is
 * kept. Reading 1.6 GB thus allocates 2 MiB.
 */
export class ByteWindow {
  readonly #source: ByteSource;
  #buffer: Buffer = spare ?? Buffer.allocUnsafe(firstCapacity);
  #from = 0;
  #to = 0;
  #ended = false;
  /** Up to where lines were counted, from the buffer's beginning, and the line there. */
  #counted = 0;
  #line = 1;

  constructor(source: ByteSource) {
    this.#source = source;
    spare = null;
  }

  /** The bytes not yet consumed. Valid until the next `more`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#from, this.#to);
  }

  /** True where the stream's end is in the window. */
  get ended(): boolean {
    return this.#ended;
  }

  /** 1-based line in the file of the first byte not yet consumed. */
  get line(): number {
    return this.lineAt(0);
  }

  /** 1-based line in the file of the byte at `offset` of the window. Each byte is counted once if offsets ascend. */
  lineAt(offset: number): number {
    const at = this.#from + offset;
    if (at < this.#counted) return this.#line - countLines(this.#buffer.subarray(at, this.#counted));
    this.#line += countLines(this.#buffer.subarray(this.#counted, at));
    this.#counted = at;
    return this.#line;
  }

  /** Reads at least `least` bytes more, or to the end. Rejects with the stream's error. */
  async more(least: number): Promise<void> {
    this.#makeRoom(least);
    for (let read = 0; read < least;) {
      const count = await this.#source.read(this.#buffer.subarray(this.#to, this.#to + least - read));
      if (count === 0) {
        this.#ended = true;
        return;
      }
      this.#to += count;
      read += count;
    }
  }

  #makeRoom(least: number): void {
    const kept = this.#to - this.#from;
    if (this.#buffer.length - this.#to >= least) return;
    this.lineAt(0);
    const needed = kept + least;
    const into = needed <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(needed)));
    this.#buffer.copy(into, 0, this.#from, this.#to);
    this.#counted -= this.#from;
    this.#buffer = into;
    this.#from = 0;
    this.#to = kept;
  }

  /** Takes the first `count` bytes. They are valid until the next `more`. */
  consume(count: number): Part {
    const line = this.lineAt(0);
    const bytes = this.#buffer.subarray(this.#from, this.#from + count);
    this.#from += bytes.length;
    return { bytes, line };
  }

  /** Takes bytes in which the caller counted the line feeds. They are valid until the next `more`. */
  consumeCounted(count: number, lines: number): void {
    const line = this.line + lines;
    this.#from += count;
    this.#counted = this.#from;
    this.#line = line;
  }

  /** Consumes bytes whose lines nobody asks for. */
  drop(count: number): void {
    this.#from += count;
    this.#counted = this.#from;
  }

  /** Consumes what stands before `mark`, and the first byte of it, or all; holds none of it. */
  async skipTo(mark: string): Promise<void> {
    for (;;) {
      const { bytes, ended } = this;
      const found = bytes.indexOf(mark);
      this.consume(found !== -1 ? found + 1 : ended ? bytes.length : Math.max(0, bytes.length - mark.length));
      if (found !== -1 || ended) return;
      await this.more(firstCapacity / 2);
    }
  }

  /** Lets the stream go; nothing that was taken out of the window is valid any more. */
  async close(): Promise<void> {
    if (this.#buffer.length === firstCapacity) spare = this.#buffer;
    this.#buffer = Buffer.alloc(0);
    [this.#from, this.#to] = [0, 0];
    await this.#source.close();
  }
}

/** Lines shorter than this are looked through here: a call for each costs more. */
const shortLine = 64;

/** Line feeds in `bytes`. */
export function countLines(bytes: Buffer): number {
  const { length } = bytes;
  let lines = 0;
  for (let at = 0, near = shortLine; at < length; at++) {
    if (bytes[at] === 10) {
      lines++;
      near = at + shortLine;
    } else if (at >= near) {
      at = bytes.indexOf(10, at);
      if (at === -1) return lines;
      lines++;
      near = at + shortLine;
    }
  }
  return lines;
}
