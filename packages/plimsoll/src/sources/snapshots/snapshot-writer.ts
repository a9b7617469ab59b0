import { once } from 'node:events';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGzip, type Gzip } from 'node:zlib';
import type { Coverage } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Resource } from '../../model/resource.ts';
import { names, secretType, snapshotBounds, type Sheet, type SnapshotHead } from './format.ts';
import { paddingOf, tarBlock, tarHeader } from './tar-header.ts';

/** What is written into a snapshot. */
export interface SnapshotContents {
  readonly head: SnapshotHead;
  readonly facts: ReadonlyMap<string, Json>;
  readonly coverage: readonly Coverage[];
  /** Resources of one source, those of a type together. */
  readonly resources: AsyncIterable<readonly Resource[]>;
}

/** What was written. */
export interface WrittenSnapshot {
  readonly file: string;
  readonly resources: number;
  readonly types: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Writes a cluster as one file that its owner alone may read: a gzipped tar archive of a folder with the resources as
 * JSON. It appears under its name only once it is complete and on disk; whatever ends the writing before, `signal` among
 * it, leaves nothing behind.
 *
 * @throws PlimsollError PLM1223 where it cannot be written
 */
export async function writeSnapshot(
  file: string,
  contents: SnapshotContents,
  signal: AbortSignal,
): Promise<WrittenSnapshot> {
  const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`);
  try {
    const handle = await open(partial, 'wx', 0o600);
    try {
      const written = await writeAll(handle, contents, signal);
      await handle.sync();
      const { size } = await handle.stat();
      await rename(partial, file);
      return { ...written, file, bytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(partial, { force: true });
    if (!(error instanceof Error) || !('code' in error) || error instanceof PlimsollError || signal.aborted)
      throw error;
    throw new PlimsollError('PLM1223', `cannot write ${file}: ${error.message}`, { file }, { cause: error });
  }
}

async function writeAll(
  handle: FileHandle,
  { head, facts, coverage, resources }: SnapshotContents,
  signal: AbortSignal,
): Promise<Pick<WrittenSnapshot, 'resources' | 'types'>> {
  const archive = new Archive(handle, folderName(head.source), head.ended);
  const version = facts.get('version');
  await archive.add(names.head, jsonText(head, 2));
  if (version !== undefined) await archive.add(names.version, jsonText(version, 2));
  await archive.add(names.facts, jsonText(Object.fromEntries([...facts].filter(([name]) => name !== 'version'))));
  await archive.add(names.coverage, jsonText(coverage.map(rowOf)));
  const chunks = new Chunks(archive);
  for await (const batch of resources) {
    signal.throwIfAborted();
    for (const resource of batch) await chunks.add(resource);
  }
  await chunks.end();
  signal.throwIfAborted();
  await archive.add(names.end, jsonText({ entries: archive.entries, resources: chunks.resources }));
  await archive.end();
  return { resources: chunks.resources, types: chunks.types };
}

function rowOf({ type, scope, state, since, lastComplete, reason }: Coverage): Omit<Coverage, 'source'> {
  return { type, scope, state, since, lastComplete, reason };
}

/** The folder that a snapshot unpacks into: the source's name as far as tar names can hold it. */
function folderName(source: string): string {
  return (
    source
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 40) || 'cluster'
  );
}

/** A gzipped tar archive that grows. */
class Archive {
  readonly #folder: string;
  readonly #at: number;
  readonly #gzip: Gzip = createGzip();
  readonly #written: Promise<void>;
  readonly #broken = new AbortController();
  #failure: unknown = null;
  /** How many entries were added. */
  entries = 0;

  constructor(handle: FileHandle, folder: string, at: number) {
    [this.#folder, this.#at] = [folder, at];
    this.#written = (async () => {
      for await (const bytes of this.#gzip as AsyncIterable<Buffer>) await handle.write(bytes);
    })();
    this.#written.catch((error: unknown) => {
      this.#failure = error;
      this.#broken.abort();
      this.#gzip.destroy();
    });
  }

  async add(name: string, text: string): Promise<void> {
    const content = Buffer.from(text);
    const entry = { name: `${this.#folder}/${name}`, size: content.length, at: this.#at };
    this.entries += 1;
    for (const part of [tarHeader(entry), content, Buffer.alloc(paddingOf(entry))]) await this.#write(part);
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#gzip.write(bytes)) return;
    // Rejects where the file cannot be written any more and the stream was ended for it.
    await once(this.#gzip, 'drain', { signal: this.#broken.signal }).catch((error: unknown) => {
      throw this.#failure ?? error;
    });
  }

  async end(): Promise<void> {
    await this.#write(Buffer.alloc(2 * tarBlock));
    this.#gzip.end();
    await this.#written;
  }
}

/** Puts resources into entries of a bounded size, those of each type by themselves, each behind its sheet. */
class Chunks {
  readonly #archive: Archive;
  #type = '';
  #number = 0;
  #lines: string[] = [];
  #size = 0;
  #lists = new Map<string, number>();
  #unseen: number[] = [];
  #forms: [number, NonNullable<Resource['forms']>][] = [];
  resources = 0;
  types = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async add({ type, body, unseen, forms }: Resource): Promise<void> {
    if (type === secretType) return;
    if (type !== this.#type || this.#size >= snapshotBounds.entryTarget) await this.#flush();
    if (type !== this.#type) this.types += 1;
    this.#type = type;
    const line = jsonText(body);
    const list = JSON.stringify(unseen);
    const known = this.#lists.get(list) ?? this.#lists.size;
    this.#lists.set(list, known);
    if (forms !== undefined) this.#forms.push([this.#lines.length, forms]);
    this.#unseen.push(known);
    this.#lines.push(line);
    this.#size += line.length;
    this.resources += 1;
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    this.#number += 1;
    const name = `${String(this.#number).padStart(4, '0')}-${this.#type.replaceAll(/[^\w.-]+/g, '.').slice(0, 24)}.json`;
    const lists = [...this.#lists.keys()].map((list) => JSON.parse(list) as string[]);
    const sheet: Sheet = { type: this.#type, lists, unseen: this.#unseen, forms: this.#forms };
    await this.#archive.add(`${names.sheets}${name}`, jsonText(sheet));
    await this.#archive.add(`${names.resources}${name}`, this.#lines.map((line) => `${line}\n`).join(''));
    [this.#lines, this.#size, this.#lists, this.#unseen, this.#forms] = [[], 0, new Map(), [], []];
  }

  async end(): Promise<void> {
    await this.#flush();
  }
}
