import { bounds } from './bounds.ts';
import { ByteWindow, type ByteSource, fileSource, streamSource } from './byte-window.ts';
import type { TakeItems } from './file-item.ts';
import { FileItems, type TakeOptions } from './file-items.ts';
import { findFiles } from './find-files.ts';
import { JsonReader } from './json-reader.ts';
import { YamlReader } from './yaml-reader.ts';

/** How to read. */
export interface ReadOptions {
  /**
   * Only documents and list items whose bytes hold one of these are parsed and given (`kind: ValidatingAdmission…`
   * stands in no pod's bytes): a first pass for policies costs a fraction of reading. Problems are given in the pass
   * without markers alone.
   */
  readonly select?: { readonly markers: readonly string[] };
  /**
   * True for apiVersions of whose objects the places of fields are wanted: their texts are kept for it.
   */
  readonly locatable?: (apiVersion: string) => boolean;
  /** Targets that are no files: how to read them. `-` is standard input where it is not among them. */
  readonly streams?: ReadonlyMap<string, () => AsyncIterable<Buffer>>;
  /** Ends reading between two files. */
  readonly signal?: AbortSignal;
}

/**
 * Reads files, folders and streams as kubectl does and gives objects by the chunk that was read: YAML documents split at
 * lines that begin with `---`, concatenated JSON, lists of every kind as their items. Memory holds a chunk's objects, or
 * 8 MiB of a list. What cannot be read is a coded problem at its place; it hides no neighbour. Throws nothing.
 */
export async function readTargets(
  targets: readonly string[],
  take: TakeItems,
  options: ReadOptions = {},
): Promise<void> {
  const { locatable } = options;
  const markers = options.select === undefined ? null : anyOf(options.select.markers);
  for (const target of targets) {
    const stream = options.streams?.get(target) ?? (target === '-' ? () => process.stdin : null);
    if (stream !== null) {
      await readSource(new FileItems(target, { markers, locatable, isStream: true }, take), target, () =>
        streamSource(stream()),
      );
      continue;
    }
    for await (const found of findFiles(target)) {
      if (options.signal?.aborted === true) return;
      if (typeof found === 'string') await readFile(found, { markers, locatable }, take);
      else if (markers === null) await take([{ item: 'problem', problem: found }]);
    }
  }
}

/** Objects of a text that is already in memory, as of a file of that name. */
export async function readText(text: string, file: string, take: TakeItems): Promise<void> {
  await readSource(new FileItems(file, {}, take), file, () => streamSource(once(Buffer.from(text))));
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** Reads one file, or, with `markers`, its documents that hold one of them; see {@link readTargets}. */
export async function readOneFile(
  file: string,
  take: TakeItems,
  markers: readonly string[] | null = null,
): Promise<void> {
  await readFile(file, { markers: markers === null ? null : anyOf(markers), locatable: undefined }, take);
}

async function readFile(file: string, options: TakeOptions, take: TakeItems): Promise<void> {
  const found = new FileItems(file, options, take);
  const markers = options.markers ?? null;
  const opened = async (): Promise<ByteSource> => await fileSource(file);
  if (markers !== null && !(await holdsAny(opened, markers))) await found.end();
  else await readSource(found, file, opened);
}

/** One expression for all markers (ASCII): a search eight times as fast as one after the other. */
function anyOf(markers: readonly string[]): RegExp {
  return new RegExp(markers.map((marker) => marker.replaceAll('.', '\\.')).join('|'));
}

/** Longer than any marker. */
const overlap = 64;
/** Texts of this length are young objects; larger ones fill the old space. */
const slice = 2 ** 16;

function isIn(bytes: Buffer, markers: RegExp): boolean {
  for (let from = 0; from < bytes.length; from += slice) {
    if (markers.test(bytes.toString('latin1', Math.max(0, from - overlap), from + slice))) return true;
  }
  return false;
}

/** True where a marker stands in the bytes, or they cannot be read: a search many times as fast as reading objects. */
async function holdsAny(opened: () => Promise<ByteSource>, markers: RegExp): Promise<boolean> {
  try {
    const window = new ByteWindow(await opened());
    try {
      for (;;) {
        await window.more(bounds.chunk);
        const { bytes, ended } = window;
        if (isIn(bytes, markers)) return true;
        if (ended) return false;
        window.drop(Math.max(0, bytes.length - overlap));
      }
    } finally {
      await window.close();
    }
  } catch (error) {
    if (isSystemError(error)) return true;
    throw error;
  }
}

async function readSource(
  found: FileItems,
  file: string,
  opened: () => ByteSource | Promise<ByteSource>,
): Promise<void> {
  let window: ByteWindow | null = null;
  try {
    window = new ByteWindow(await opened());
    await window.more(bounds.chunk);
    const { bytes } = window;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) window.consume(3);
    if (await beginsAsJson(window)) await new JsonReader(window, found).read();
    await new YamlReader(window, found).read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    found.problem('PLM1209', `cannot read ${file}: ${error.message}`, window?.line ?? 1, null);
  } finally {
    await window?.close();
  }
  await found.end();
}

async function beginsAsJson(window: ByteWindow): Promise<boolean> {
  for (;;) {
    const { bytes, ended } = window;
    const at = bytes.findIndex((byte) => byte > 32);
    if (at !== -1) return bytes[at] === 0x7b;
    if (ended) return false;
    await window.more(bounds.chunk);
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
