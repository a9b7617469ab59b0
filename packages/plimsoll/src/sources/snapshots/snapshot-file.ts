import { type FileHandle, open, stat } from 'node:fs/promises';
import type { z } from 'zod';
import type { Coverage } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import { isJsonObject, member, type Json, type JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { bounds, tooDeep } from '../files/bounds.ts';
import { UnsplittableJson } from '../files/json-span.ts';
import { parseJsonWithin } from '../files/json-value.ts';
import {
  coverageListSchema,
  endSchema,
  headSchema,
  names,
  secretType,
  sheetSchema,
  snapshotFormat,
  type Sheet,
  type SnapshotHead,
} from './format.ts';
import { type Entry, entriesOf, fault } from './snapshot-entries.ts';

/** What stands in a snapshot before its resources. */
export interface SnapshotFacts {
  readonly facts: ReadonlyMap<string, Json>;
  readonly coverage: readonly Coverage[];
}

/** True for a file that begins as gzip does: what reading takes for a snapshot, whatever it is called. */
export async function isSnapshot(path: string): Promise<boolean> {
  try {
    // Opening a pipe would wait for its writer, and take from it what is not ours.
    if (!(await stat(path)).isFile()) return false;
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch {
    return false; // a folder, or what reading will say of it
  }
}

/**
 * A snapshot that was found whole. It is read from beginning to end, as often as asked, and memory holds one entry of
 * it; another file that takes its name meanwhile changes nothing.
 */
export class SnapshotFile {
  readonly path: string;
  readonly head: SnapshotHead;
  readonly #handle: FileHandle;
  readonly #size: number;

  private constructor(path: string, handle: FileHandle, size: number, head: SnapshotHead) {
    [this.path, this.#handle, this.#size, this.head] = [path, handle, size, head];
  }

  /**
   * Opens a snapshot and goes through all of it once, so that nothing is taken from one that is damaged.
   *
   * @throws PlimsollError PLM1207 where it cannot be read, PLM1220 for another file, PLM1221 for a damaged one, PLM1222
   *   for a newer one, PLM1224 for one beyond a bound or with entries that no snapshot has
   */
  static async open(path: string): Promise<SnapshotFile> {
    return await SnapshotFile.#opened(path, async (handle, size) => {
      const head = await readHead(path, handle, size);
      let [entries, end] = [0, null as Entry | null];
      for await (const entry of entriesOf(path, handle, size)) {
        entries += 1;
        end = entry;
      }
      const said = end?.name === names.end ? parsed(path, end, endSchema) : null;
      if (said?.entries !== entries - 1) throw fault('PLM1221', path, 'it ends before its last entry');
      return head;
    });
  }

  /** The name and times of a snapshot, without looking at the rest. @throws PlimsollError as {@link SnapshotFile.open} */
  static async head(path: string): Promise<SnapshotHead> {
    const file = await SnapshotFile.#opened(path, async (handle, size) => await readHead(path, handle, size));
    await file.close();
    return file.head;
  }

  static async #opened(
    path: string,
    headOf: (handle: FileHandle, size: number) => Promise<SnapshotHead>,
  ): Promise<SnapshotFile> {
    const handle = await open(path).catch((error: Error) => {
      throw new PlimsollError('PLM1207', `cannot read ${path}: ${error.message}`, { file: path }, { cause: error });
    });
    try {
      const { size } = await handle.stat();
      return new SnapshotFile(path, handle, size, await headOf(handle, size));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** What was known of the cluster besides its resources. */
  async facts(): Promise<SnapshotFacts> {
    const facts = new Map<string, Json>();
    let coverage: readonly Coverage[] = [];
    for await (const entry of entriesOf(this.path, this.#handle, this.#size)) {
      if (entry.name === names.version) facts.set('version', json(this.path, entry));
      else if (entry.name === names.facts)
        for (const [name, value] of Object.entries(objectOf(this.path, entry.name, entry.content.toString('utf8'))))
          facts.set(name, value);
      else if (entry.name === names.coverage)
        coverage = parsed(this.path, entry, coverageListSchema).map((row) => ({ source: this.head.source, ...row }));
      else if (entry.name !== names.head) break;
    }
    return { facts, coverage };
  }

  /** All resources, those of a type together, in arrays of at most an entry. */
  async *resources(): AsyncGenerator<readonly Resource[]> {
    let sheet: Sheet | null = null;
    for await (const entry of entriesOf(this.path, this.#handle, this.#size)) {
      if (entry.name.startsWith(names.sheets)) sheet = parsed(this.path, entry, sheetSchema);
      else if (entry.name.startsWith(names.resources)) {
        if (sheet === null) throw fault('PLM1221', this.path, `${entry.name} stands alone`);
        yield this.#resourcesOf(entry, sheet);
        sheet = null;
      }
    }
  }

  #resourcesOf(entry: Entry, { type, lists, unseen, forms }: Sheet): readonly Resource[] {
    if (type === secretType) throw fault('PLM1224', this.path, 'it holds Secrets, which no snapshot does');
    const text = entry.content.toString('utf8');
    const formsAt = new Map(forms);
    const lines = text.split('\n').slice(0, -1);
    if (lines.length !== unseen.length) throw fault('PLM1221', this.path, `${entry.name} is not what was announced`);
    return lines.map((line, at) => {
      const body = objectOf(this.path, entry.name, line);
      const [metadata, list] = [body['metadata'], lists[unseen[at] ?? -1]];
      const name = string(member(metadata, 'name'));
      const [apiVersion, kind] = [string(body['apiVersion']), string(body['kind'])];
      if (name === null || apiVersion === null || kind === null || list === undefined)
        throw fault('PLM1221', this.path, `object ${at + 1} of ${entry.name} is no resource`);
      const here = formsAt.get(at);
      return {
        source: this.head.source,
        type,
        scope: string(member(metadata, 'namespace')),
        name,
        apiVersion,
        kind,
        uid: string(member(metadata, 'uid')),
        version: string(member(metadata, 'resourceVersion')),
        body,
        unseen: list,
        place: null,
        ...(here === undefined ? {} : { forms: here }),
      };
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function readHead(path: string, handle: FileHandle, size: number): Promise<SnapshotHead> {
  for await (const entry of entriesOf(path, handle, size)) {
    if (entry.name !== names.head) break;
    const format = member(json(path, entry), 'format');
    if (typeof format === 'number' && format > snapshotFormat)
      throw fault('PLM1222', path, `it has format ${format}, and this Plimsoll reads up to ${snapshotFormat}`);
    return parsed(path, entry, headSchema);
  }
  throw fault('PLM1220', path, 'it does not begin with snapshot.json');
}

function json(path: string, { name, content }: Entry): Json {
  return jsonOf(path, name, content.toString('utf8'));
}

function jsonOf(path: string, name: string, text: string): Json {
  try {
    const read = parseJsonWithin(text, bounds.depth);
    if (read !== undefined) return read.value;
  } catch (error) {
    if (error instanceof UnsplittableJson) throw fault('PLM1224', path, `${name}: ${tooDeep}`);
    throw error;
  }
  throw fault('PLM1221', path, `${name} is no JSON`);
}

function objectOf(path: string, name: string, text: string): JsonObject {
  const value = jsonOf(path, name, text);
  if (isJsonObject(value)) return value;
  throw fault('PLM1221', path, `${name} holds no object`);
}

function parsed<T>(path: string, entry: Entry, schema: z.ZodType<T>): T {
  const read = schema.safeParse(json(path, entry));
  if (read.success) return read.data;
  const code = entry.name === names.head ? 'PLM1220' : 'PLM1221';
  throw fault(code, path, `${entry.name} is not as Plimsoll writes it`);
}

function string(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
