import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Needs } from '../../model/needs.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import { clusterFolders, refuseUnpacked } from '../../sources/files/cluster-folders.ts';
import type { FileItem, FileObject, TakeItems } from '../../sources/files/file-item.ts';
import { fileResource } from '../../sources/files/file-resource.ts';
import { isPolicyGroup, policyMarkers } from '../../guardrails/formats/registry.ts';
import { readTargets } from '../../sources/files/read-targets.ts';
import { isSnapshot } from '../../sources/snapshots/snapshot-file.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import type { ClusterReading } from './cluster-reading.ts';
import { faultOf } from '../exit-code.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { WhatWasRead } from './last-lines.ts';
import { PassLedger } from './pass-ledger.ts';
import type { ReadResource, Reading, TakeResources } from './reading.ts';
import { spoolStreams, type Spool } from './spool.ts';

/** Bytes that stand in every document of which a scan must know before it judges, and in few others. */
const markers = [
  ...policyMarkers,
  'ValidatingAdmission',
  'Guardrail',
  'Namespace',
  'CustomResourceDefinition',
  'Deployment',
  'CronJob',
];

/**
 * Opens what a scan reads: the TARGETs, and the paths of policies, whose other resources are not judged.
 *
 * @throws PlimsollError PLM1401, PLM1402 for a `kube:CONTEXT` that cannot be had, PLM122x for a snapshot
 */
export async function openReading(
  targets: readonly string[],
  policyPaths: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Reading> {
  const whole = await wholeClusters(targets);
  const paths = [...targets.filter((target) => !whole.has(target)), ...policyPaths];
  const spools = await spoolStreams(paths, terminal.stdin, terminal.signal);
  const clusters = await readClusters(whole, options, terminal);
  // A stream is there once, however often it is named.
  const files = targets.filter(
    (target, index) => !whole.has(target) && !(spools.has(target) && targets.indexOf(target) !== index),
  );
  return new FilesReading(files, policyPaths, spools, clusters, terminal.signal);
}

/** The TARGETs that are clusters: contexts, and snapshots. */
async function wholeClusters(targets: readonly string[]): Promise<ReadonlyMap<string, 'context' | 'snapshot'>> {
  const whole = new Map<string, 'context' | 'snapshot'>();
  for (const target of targets) {
    if (target.startsWith('kube:')) whole.set(target, 'context');
    else if (await isSnapshot(target)) whole.set(target, 'snapshot');
    else if (existsSync(target)) refuseUnpacked(clusterFolders(target));
  }
  return whole;
}

/** @throws PlimsollError PLM1214 for two of one name */
async function readClusters(
  whole: ReadonlyMap<string, 'context' | 'snapshot'>,
  options: Options,
  terminal: Terminal,
): Promise<readonly ClusterReading[]> {
  if (whole.size === 0) return [];
  const { readCluster, readSnapshot } = await import('./cluster-reading.ts');
  const read = new Map<string, ClusterReading>();
  try {
    for (const [target, kind] of whole) {
      const reading =
        kind === 'context'
          ? await readCluster(target.slice('kube:'.length), options, terminal)
          : await readSnapshot(target, options, terminal);
      const { source } = reading;
      if (read.has(source)) {
        await reading.close();
        throw new PlimsollError('PLM1214', `${target} is a second cluster that is the source ${source}.`);
      }
      read.set(source, reading);
    }
    return [...read.values()];
  } catch (error) {
    for (const reading of read.values()) await reading.close();
    throw error;
  }
}

class FilesReading implements Reading {
  readonly #targets: readonly string[];
  readonly #policyPaths: readonly string[];
  readonly #spools: ReadonlyMap<string, Spool>;
  readonly clusters: ReadonlyMap<string, ClusterReading>;
  readonly #signal: AbortSignal;
  readonly #kinds = new FileKinds();
  readonly #folders = new Map<string, string | null>();
  readonly #policyProblems: Problem[] = [];
  readonly #policyFiles = new Set<string>();
  /** Of the last pass; null before the first. */
  #pass: PassLedger | null = null;

  constructor(
    targets: readonly string[],
    policyPaths: readonly string[],
    spools: ReadonlyMap<string, Spool>,
    clusters: readonly ClusterReading[],
    signal: AbortSignal,
  ) {
    this.#signal = signal;
    this.clusters = new Map(clusters.map((cluster) => [cluster.source, cluster]));
    this.#targets = targets;
    this.#policyPaths = policyPaths;
    this.#spools = spools;
  }

  async marked(take: (resources: readonly ReadResource[]) => void): Promise<void> {
    const objects: FileObject[] = [];
    await this.#read(this.#targets, { markers }, (items) => {
      for (const item of items) if (item.item === 'object') objects.push(item);
    });
    const given = new Set(objects.map(({ place }) => `${resolve(place.file)}\0${place.document}`));
    const besides: FileObject[] = [];
    await this.#read(this.#policyPaths, null, (items) => {
      for (const item of items) {
        if (item.item === 'problem') this.#policyProblems.push(item.problem);
        else if (item.item === 'file') this.#policyFiles.add(resolve(item.file));
        else if (!given.has(`${resolve(item.place.file)}\0${item.place.document}`)) besides.push(item);
      }
    });
    for (const { kind, body } of [...objects, ...besides])
      if (kind === 'CustomResourceDefinition') this.#kinds.learn(body);
    const read = (judged: boolean) => (object: FileObject) => ({
      resource: this.resourceOf(object),
      judged,
      locate: object.locate,
    });
    take([...objects.map(read(true)), ...besides.map(read(false))]);
  }

  async resources(take: TakeResources): Promise<void> {
    const pass = new PassLedger(this.#policyFiles);
    this.#pass = pass;
    await this.#read(this.#targets, null, (items) => take(items.flatMap((item) => this.#taken(item, pass) ?? [])));
    // Where reading was broken off, or what is missing or unreadable was named already, nothing is known of what is there.
    const told = this.#signal.aborted || pass.problems.some((found) => faultOf(found) !== 'notice');
    if (pass.documents === 0 && this.#targets.length > 0 && !told) pass.nothing(this.#targets);
    for (const cluster of this.clusters.values()) {
      pass.clusterRead(cluster.source, 0, cluster.asOf);
      for await (const batch of cluster.resources()) {
        pass.clusterRead(cluster.source, batch.length, cluster.asOf);
        await take(batch);
      }
    }
  }

  /** Notes what was read; gives the resource to judge, where it is one. */
  #taken(item: FileItem, pass: PassLedger): Resource | null {
    if (isVersion(item)) return null;
    if (item.item === 'object') return this.#judgeable(item, pass);
    if (item.item === 'problem') pass.problem(item.problem);
    else pass.fileEnded(item);
    return null;
  }

  async #read(
    targets: readonly string[],
    select: { readonly markers: readonly string[] } | null,
    take: TakeItems,
  ): Promise<void> {
    const options = {
      signal: this.#signal,
      locatable: isPolicyGroup,
      streams: new Map([...this.#spools].map(([path, { open }]) => [path, open])),
      ...(select === null ? {} : { select }),
    };
    const until: TakeItems = (items) => {
      if (this.#signal.aborted) throw new Interrupted();
      return take(items);
    };
    try {
      await readTargets(targets, until, options);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  /** The resource to judge; null for policies, which are not judged, and for what was given already. */
  #judgeable(object: FileObject, pass: PassLedger): Resource | null {
    if (object.apiVersion.startsWith('plimsoll.dev/')) {
      pass.leftOut('guardrails and waivers', 1);
      return null;
    }
    const resource = this.resourceOf(object);
    if (!isPolicyGroup(object.apiVersion) && this.#kinds.of(object.apiVersion, object.kind) === null)
      pass.unknownKind(object);
    return pass.isNamed(resource, object.column) ? resource : null;
  }

  readonly resourceOf = (object: FileObject): Resource =>
    fileResource(object, this.#clusterOf(object.place.file) ?? 'files', this.#kinds);

  /** The cluster that a file belongs to: the name of the nearest folder above it that holds a `version.json`. */
  #clusterOf(file: string): string | null {
    const folder = dirname(resolve(file));
    let cluster = this.#folders.get(folder);
    if (cluster === undefined) {
      const above = dirname(folder);
      cluster = existsSync(join(folder, 'version.json'))
        ? basename(folder)
        : above === folder
          ? null
          : this.#clusterOf(folder);
      this.#folders.set(folder, cluster);
    }
    return cluster;
  }

  async need(needsOf: (source: string) => Needs): Promise<void> {
    for (const cluster of this.clusters.values()) await cluster.need(needsOf(cluster.source));
  }

  readonly kinds = (apiVersion: string, kind: string) => this.#kinds.of(apiVersion, kind);

  readonly isKnownType = (type: string) => this.#kinds.isKnown(type);

  #allProblems(): readonly Problem[] {
    if (this.#pass === null) return this.#policyProblems;
    const ofClusters = [...this.clusters.values()].flatMap(({ problems }) => problems);
    return [...this.#policyProblems, ...ofClusters, ...this.#pass.problems];
  }

  problems(): readonly Problem[] {
    const seen = new Set<string>();
    return this.#allProblems().flatMap((found) => {
      const { code, file, document, line, column, message } = found;
      const key = JSON.stringify([code, file === null ? null : resolve(file), document, line, column, message]);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ ...found, source: found.source ?? 'files' }];
    });
  }

  isWhole(): boolean {
    if (this.#signal.aborted || [...this.clusters.values()].some(({ whole }) => !whole)) return false;
    return this.#allProblems().every((found) => faultOf(found) === 'notice');
  }

  read(): WhatWasRead {
    return (this.#pass ?? new PassLedger(this.#policyFiles)).read();
  }

  async close(): Promise<void> {
    for (const spool of this.#spools.values()) await spool.remove();
    for (const cluster of this.clusters.values()) await cluster.close();
  }
}

/** Ends the reading of a file in its midst, where nobody waits for the rest any more. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** A cluster folder's `/version` answer is a fact about it, not an object. */
function isVersion(item: FileItem): boolean {
  const file = item.item === 'problem' ? item.problem.file : item.item === 'file' ? item.file : item.place.file;
  return basename(file ?? '') === 'version.json';
}
