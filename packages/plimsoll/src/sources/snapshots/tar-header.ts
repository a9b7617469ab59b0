/** Header and padding come in blocks of so many bytes (POSIX.1-1988, ustar). */
export const tarBlock = 512;

/** A regular file of an archive. */
export interface TarEntry {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What of an archive is no plain file with a plain name. */
export class ForeignEntry extends Error {
  override readonly name = 'ForeignEntry';
}

/** A block that is no header of an archive. Behind others it is what damage leaves. */
export class BrokenHeader extends Error {
  override readonly name = 'BrokenHeader';
}

/** Bytes that follow an entry's content up to the next block. */
export function paddingOf({ size }: Pick<TarEntry, 'size'>): number {
  return (tarBlock - (size % tarBlock)) % tarBlock;
}

/** The block before a file's content. `name`: ASCII, at most 100 characters; readable by its owner alone. */
export function tarHeader({ name, size, at }: TarEntry): Buffer {
  const block = Buffer.alloc(tarBlock);
  block.write(name, 0, 100, 'latin1');
  block.write('0000600\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${octal(size, 11)}\0`, 124, 'latin1');
  block.write(`${octal(Math.floor(at / 1000), 11)}\0`, 136, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${octal(checksum(block), 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** The sum of a header's bytes, its own field read as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < tarBlock; at++) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

/**
 * The file that a header announces; null for the block of zeros that ends an archive. Names that lead out of the
 * folder that one unpacks into, links, devices, folders and extensions of the format are refused: Plimsoll writes none.
 *
 * @throws ForeignEntry, BrokenHeader
 */
export function readTarHeader(block: Buffer): TarEntry | null {
  if (block.every((byte) => byte === 0)) return null;
  if (octalAt(block, 148, 8) !== checksum(block)) throw new BrokenHeader('it is no tar archive');
  const name = textAt(block, 0, 100);
  const kind = String.fromCharCode(block[156] ?? 0);
  if (kind !== '0') throw new ForeignEntry(`${JSON.stringify(name)} is no plain file`);
  if (textAt(block, 345, 155) !== '' || !isPlainName(name))
    throw new ForeignEntry(`${JSON.stringify(name)} is no name that a snapshot has`);
  return { name, size: octalAt(block, 124, 12), at: octalAt(block, 136, 12) * 1000 };
}

function isPlainName(name: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)*$/.test(name) && !name.split('/').some((word) => word === '..' || word === '.');
}

function textAt(block: Buffer, from: number, length: number): string {
  const text = block.toString('latin1', from, from + length);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

function octalAt(block: Buffer, from: number, length: number): number {
  const digits = textAt(block, from, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw new BrokenHeader('it is no tar archive');
  return Number.parseInt(digits, 8);
}
