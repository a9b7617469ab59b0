import { bounds } from './bounds.ts';
import { ByteWindow, type ByteSource, fileSource, streamSource } from './byte-window.ts';
import type { FileItem } from './file-item.ts';
import { FileItems } from './file-items.ts';
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
  /** Where `-` is read from; standard input by default. */
  readonly stdin?: AsyncIterable<Buffer>;
}

/**
 * Reads files, folders and `-` as kubectl does and gives objects by the chunk that was read: YAML documents split at lines that begin with
 * `---`, concatenated JSON, lists of every kind as their items. Memory holds a
 * chunk's objects, or 8 MiB of a list. What
 * cannot be read is a coded problem at its place; it hides no neighbour. Throws nothing.
 */
export async function* readTargets(
  targets: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<readonly FileItem[]> {
  const markers = options.select === undefined ? null : anyOf(options.select.markers);
  for (const target of targets) {
    for await (const found of findFiles(target)) {
      if (typeof found !== 'string') {
        if (markers === null) yield [{ item: 'problem', problem: found }];
      } else if (found === '-') {
        yield* readSource(found, markers, async () => streamSource(options.stdin ?? process.stdin));
      } else yield* readFile(found, markers);
    }
  }
}

/** Objects of a text that is already in memory, as of a file of that name. */
export function readText(text: string, file: string): AsyncGenerator<readonly FileItem[]> {
  return readSource(file, null, async () => streamSource(once(Buffer.from(text))));
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

async function* readFile(file: string, markers: RegExp | null): AsyncGenerator<readonly FileItem[]> {
  const opened = async (): Promise<ByteSource> => await fileSource(file);
  if (markers !== null && !(await holdsAny(opened, markers))) yield [new FileItems(file, markers).ended()];
  else yield* readSource(file, markers, opened);
}

/** One expression for all markers (ASCII): a search eight times as fast as one after the other. */
function anyOf(markers: readonly string[]): RegExp {
  return new RegExp(markers.map((marker) => marker.replaceAll('.', '\\.')).join('|'));
}

/** Longer than any marker. */
const overlap = 64;

/** True where a marker stands in the bytes, or they cannot be read: a search many times as fast as reading objects. */
async function holdsAny(opened: () => Promise<ByteSource>, markers: RegExp): Promise<boolean> {
  try {
    const window = new ByteWindow(await opened());
    try {
      for (;;) {
        await window.more(bounds.chunk);
        const { bytes, ended } = window;
        if (markers.test(bytes.toString('latin1'))) return true;
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

async function* readSource(
  file: string,
  markers: RegExp | null,
  opened: () => Promise<ByteSource>,
): AsyncGenerator<readonly FileItem[]> {
  const found = new FileItems(file, markers);
  let window: ByteWindow | null = null;
  try {
    window = new ByteWindow(await opened());
    await window.more(bounds.chunk);
    const { bytes } = window;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) window.consume(3);
    if (await beginsAsJson(window)) yield* new JsonReader(window, found).read();
    yield* new YamlReader(window, found).read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    found.problem('PLM1209', `cannot read ${file}: ${error.message}`, window?.line ?? 1, null);
    yield found.take();
  } finally {
    await window?.close();
  }
  yield [found.ended()];
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
