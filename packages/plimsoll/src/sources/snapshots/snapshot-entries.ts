import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type ErrorCode, PlimsollError } from '../../model/errors.ts';
import { ByteWindow, streamSource } from '../files/byte-window.ts';
import { snapshotBounds } from './format.ts';
import { BrokenHeader, ForeignEntry, paddingOf, readTarHeader, tarBlock } from './tar-header.ts';

/** How much is read at once. */
const chunk = 2 ** 18;

/** An entry of the archive, its name without the folder. */
export interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * The entries of a snapshot's archive in order. Each one's content is valid until the next is asked for.
 *
 * @throws PlimsollError PLM1220 for what is no archive, PLM1221 for a damaged one, PLM1224 for one beyond a bound or with
 *   entries that no snapshot has
 */
export async function* entriesOf(path: string, handle: FileHandle, size: number): AsyncGenerator<Entry> {
  const window = new ByteWindow(streamSource(unpacked(path, handle, size)));
  let began = false;
  const need = async (bytes: number): Promise<Buffer> => {
    while (window.bytes.length < bytes && !window.ended) await window.more(bytes - window.bytes.length);
    if (window.bytes.length < bytes)
      throw began ? fault('PLM1221', path, 'it is cut off') : fault('PLM1220', path, 'it is no tar archive');
    return window.bytes.subarray(0, bytes);
  };
  try {
    for (;;) {
      const header = readTarHeader(await need(tarBlock));
      window.drop(tarBlock);
      if (header === null) break;
      began = true;
      if (header.size > snapshotBounds.entry)
        throw fault('PLM1224', path, `${header.name} is larger than the bound of ${mib(snapshotBounds.entry)}`);
      const whole = header.size + paddingOf(header);
      const content = (await need(whole)).subarray(0, header.size);
      yield { name: header.name.slice(header.name.indexOf('/') + 1), content };
      window.drop(whole);
    }
    // The checksum stands at the very end.
    while (!window.ended) {
      window.drop(window.bytes.length);
      await window.more(tarBlock);
    }
  } catch (error) {
    if (error instanceof BrokenHeader)
      throw began ? fault('PLM1221', path, 'it is damaged') : fault('PLM1220', path, error.message);
    if (error instanceof ForeignEntry)
      throw began ? fault('PLM1224', path, error.message) : fault('PLM1220', path, error.message);
    throw error;
  } finally {
    await window.close();
  }
}

/** The archive's bytes, up to a bound by the file's size: a small file may unpack to any number of them. */
async function* unpacked(path: string, handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  const most = Math.max(snapshotBounds.free, size * snapshotBounds.ratio);
  const packed = Readable.from(bytesOf(handle));
  const gunzip = packed.pipe(createGunzip({ chunkSize: chunk }));
  packed.on('error', (error) => gunzip.destroy(error));
  let given = 0;
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      given += bytes.length;
      if (given > most)
        throw fault('PLM1224', path, `it unpacks to more than ${snapshotBounds.ratio} times its size of ${mib(size)}`);
      yield bytes;
    }
  } catch (error) {
    if (error instanceof PlimsollError || !(error instanceof Error)) throw error;
    const code = 'code' in error && String(error.code).startsWith('Z_') ? 'PLM1221' : 'PLM1207';
    throw fault(code, path, error.message);
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

/** From the beginning, wherever another reading of the handle is. */
async function* bytesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunk), 0, chunk, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MiB`;
}

/** What is wrong with a snapshot, with its path. */
export function fault(code: ErrorCode, path: string, why: string): PlimsollError {
  return new PlimsollError(code, `${why}.`, { file: path });
}
