import { open, stat } from 'node:fs/promises';

/** What a store takes on disk, in bytes. */
export interface StoreSize {
  readonly file: number;
  /** Written ahead and not yet in the file. */
  readonly wal: number;
  /** Pages of the file that hold nothing and are used again, as of the last checkpoint. */
  readonly free: number;
}

/** The first 100 bytes (https://www.sqlite.org/fileformat2.html, 1.3): page size at 16, free pages at 36. */
const headerBytes = 100;

/** What a store file takes; null where there is none, as in memory. */
export async function storeSize(file: string): Promise<StoreSize | null> {
  const found = await stat(file).catch(() => null);
  if (found === null) return null;
  const wal = await stat(`${file}-wal`).catch(() => null);
  return { file: found.size, wal: wal?.size ?? 0, free: await freeBytes(file) };
}

async function freeBytes(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    if (bytesRead < headerBytes) return 0;
    const size = buffer.readUInt16BE(16);
    // 1 stands for 65,536, which two bytes cannot hold.
    return buffer.readUInt32BE(36) * (size === 1 ? 65_536 : size);
  } finally {
    await handle.close();
  }
}
