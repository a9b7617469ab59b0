import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A stream in a file, because a scan reads it more than once; readable by its owner alone. */
export interface Spool {
  /** Its bytes from the beginning. */
  readonly open: () => AsyncIterable<Buffer>;
  readonly remove: () => Promise<void>;
}

/** Spools those of the paths that are no files: `-`, and pipes such as a shell's `<(kustomize build .)`. */
export async function spoolStreams(
  paths: readonly string[],
  stdin: Readable,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Spool>> {
  const spools = new Map<string, Spool>();
  for (const path of new Set(paths)) {
    if (path === '-') spools.set(path, await spool(stdin, signal));
    else if (statSync(path, { throwIfNoEntry: false })?.isFIFO() === true)
      spools.set(path, await spool(createReadStream(path), signal));
  }
  return spools;
}

/** Takes a stream to its end into a temporary file; what had come when `signal` aborts is what there is. */
async function spool(input: Readable, signal: AbortSignal): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  const file = join(folder, 'stream');
  try {
    await pipeline(input, createWriteStream(file, { mode: 0o600 }), { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return {
    open: () => createReadStream(file, { highWaterMark: 2 ** 20 }),
    remove: async () => await rm(folder, { recursive: true, force: true }),
  };
}
