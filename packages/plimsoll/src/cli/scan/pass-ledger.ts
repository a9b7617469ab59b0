import { resolve } from 'node:path';
import { problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { displayName, keyText, type Resource } from '../../model/resource.ts';
import type { FileItem, FileObject } from '../../sources/files/file-item.ts';
import { faultOf } from '../exit-code.ts';
import type { ReadCluster, WhatWasRead } from './last-lines.ts';

/** What one pass over the files of a scan read, left out and could not read. */
export class PassLedger {
  problems: Problem[] = [];
  readonly #files: Set<string>;
  readonly #keys = new Set<number>();
  readonly #unknownKinds = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();
  readonly #clusters = new Map<string, ReadCluster>();
  #documents = 0;
  #unreadable = 0;

  /** `files`: absolute paths of files that were read before the pass. */
  constructor(files: ReadonlySet<string>) {
    this.#files = new Set(files);
  }

  /** Documents and list items so far. */
  get documents(): number {
    return this.#documents;
  }

  /** Something could not be read, or is to be noticed. */
  problem(found: Problem): void {
    this.problems.push(found);
    if (found.document !== null && faultOf(found) !== 'notice') this.#unreadable += 1;
  }

  /** A file was read to its end. */
  fileEnded({ file, documents, empty }: Extract<FileItem, { readonly item: 'file' }>): void {
    this.#files.add(resolve(file));
    this.#documents += documents;
    if (empty > 0) this.leftOut('empty documents', empty);
    if (documents === 0)
      this.problems.push(problem('PLM1014', `There is no object in ${file}.`, { source: 'files', file }));
  }

  /** There is no object in any of the targets, which says of each file what was said of it alone. */
  nothing(targets: readonly string[]): void {
    this.problems = this.problems.filter(({ code }) => code !== 'PLM1014');
    this.problem(problem('PLM1212', `There is no object in ${targets.join(', ')}.`));
  }

  /** A cluster gave so many more resources; `asOf`: the time that a snapshot is of. */
  clusterRead(source: string, resources: number, asOf: number | null): void {
    this.#clusters.set(source, { resources: (this.#clusters.get(source)?.resources ?? 0) + resources, asOf });
  }

  /** So many documents are not judged. */
  leftOut(why: string, count: number): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + count);
  }

  /** An object of a kind that no table knows. */
  unknownKind({ apiVersion, kind }: FileObject): void {
    const words = `${apiVersion} ${kind}`;
    this.#unknownKinds.set(words, (this.#unknownKinds.get(words) ?? 0) + 1);
  }

  /** False, with a problem, where there is no name; a name that was there before is noticed, and judged all the same. */
  isNamed(resource: Resource, column: number): boolean {
    const { name, place } = resource;
    if (name === '') {
      this.problem(problem('PLM1204', `${resource.kind} has no metadata.name`, { ...place, column }));
      return false;
    }
    const key = fingerprint(keyText(resource));
    if (this.#keys.has(key) && !name.endsWith('*'))
      this.problems.push(problem('PLM1208', `${displayName(resource)} was there before`, { ...place }));
    this.#keys.add(key);
    return true;
  }

  /** The counts for the last lines of the run. */
  read(): WhatWasRead {
    return {
      files: this.#files.size,
      documents: this.#documents,
      clusters: this.#clusters,
      unreadable: this.#unreadable,
      unknownKinds: this.#unknownKinds,
      leftOut: this.#leftOut,
    };
  }
}

/**
 * 53 bits of a text (cyrb53, public domain): 100,000 names take 4 MB instead of 60 as text; two of them fall together
 * once in two million runs, and then a notice too many is given.
 */
function fingerprint(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
