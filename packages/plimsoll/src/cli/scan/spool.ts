import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Standard input in a file, because a scan reads it more than once; readable by its owner alone. */
export interface Spool {
  /** Its bytes from the beginning. */
  readonly open: () => AsyncIterable<Buffer>;
  readonly remove: () => Promise<void>;
}

/** Takes a stream to its end into a temporary file. */
export async function spool(input: Readable): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  const file = join(folder, 'stdin');
  await pipeline(input, createWriteStream(file, { mode: 0o600 }));
  return {
    open: () => createReadStream(file, { highWaterMark: 2 ** 20 }),
    remove: async () => await rm(folder, { recursive: true, force: true }),
  };
}
