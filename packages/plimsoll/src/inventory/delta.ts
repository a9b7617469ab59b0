import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { PlimsollError } from '../model/errors.ts';

/** Zstandard's bounds for a window (RFC 8878, 3.1.1.1.2; a decoder takes up to 2^27 unasked). */
const WINDOW_LOG = { least: 10, most: 27 } as const;
/** Lower levels look for matches in so few places that a long text's are missed: 34 KB where 55 bytes do (200 KB body). */
const LEVEL = 3;
/** Node allots so much for what comes out, 16 KB where nothing is said, and a delta holds on to it. */
const CHUNK = 1024;
/** Objects are hardly ever larger than this many bytes by three. */
const KEPT_SCRATCH = 256 << 10;

/**
 * A text as its difference from a newer one, or by itself where that is null: a Zstandard frame with the newer text as
 * raw dictionary (RFC 8878, 5), which holds both in its window. A checksum of the text is in it.
 */
export function encodeDelta(text: string, newer: string | null): Uint8Array {
  const [bytes, dictionary] = newer === null ? [older.of(text), undefined] : [older.of(text), younger.of(newer)];
  return zstdCompressSync(bytes, {
    chunkSize: CHUNK,
    ...(dictionary === undefined ? {} : { dictionary }),
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
      [constants.ZSTD_c_windowLog]: windowLog(bytes.length + (dictionary?.length ?? 0)),
    },
  });
}

/**
 * Bytes of a text that are read before the next one's take their place. Node's compressors live until the next full
 * collection and hold what they were given until then: 10 KB for each state that is compacted.
 */
class Scratch {
  #bytes = Buffer.allocUnsafeSlow(KEPT_SCRATCH);

  of(text: string): Uint8Array {
    // A character of UTF-16 takes three bytes at most.
    if (text.length * 3 > KEPT_SCRATCH) return Buffer.from(text);
    return this.#bytes.subarray(0, this.#bytes.write(text));
  }
}

const older = new Scratch();
const younger = new Scratch();

function windowLog(size: number): number {
  return Math.min(WINDOW_LOG.most, Math.max(WINDOW_LOG.least, Math.ceil(Math.log2(size + 1))));
}

/**
 * The text of a delta, byte for byte.
 *
 * @param newer the text that it was encoded against
 * @throws {PlimsollError} PLM1510 where it is damaged, or was encoded against another text
 */
export function decodeDelta(delta: Uint8Array, newer: string | null): string {
  return decodeChain([delta], newer);
}

/**
 * The text of the last of several deltas, each encoded against the text of the one before it, the first against
 * `newer`. What lies between is not made text of.
 *
 * @throws {PlimsollError} PLM1510 as {@link decodeDelta}
 */
export function decodeChain(deltas: readonly Uint8Array[], newer: string | null): string {
  try {
    const last = deltas.reduce<Uint8Array | null>(
      (dictionary, delta) => zstdDecompressSync(delta, dictionary === null ? {} : { dictionary }),
      newer === null ? null : Buffer.from(newer),
    );
    return utf8.decode(last ?? new Uint8Array());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlimsollError('PLM1510', `a superseded version cannot be read: ${reason}`, {}, { cause: error });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
