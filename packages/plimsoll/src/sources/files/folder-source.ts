import { existsSync, readdirSync, statSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Observation } from '../../model/observation.ts';
import { type Resource, keyText } from '../../model/resource.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import type { FileObject } from './file-item.ts';
import { readTargets } from './read-targets.ts';
import type { Sink, Source } from '../source.ts';
import { errors, type ErrorCode } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { readFile } from 'node:fs/promises';
import { FileKinds } from '../../model/kinds.ts';
import { fileResource } from './file-resource.ts';

/** Editors write a file in several steps: what changed is read once they have paused so long. */
const settleMilliseconds = 50;

/**
 * One source for each cluster folder (a folder with `version.json`) below the targets; what belongs to none is of the
 * source `name`. With `once` each is read once, else it is watched.
 */
export function fileSources(targets: readonly string[], { name = 'files', once = false } = {}): readonly Source[] {
  const clusters = targets.flatMap(clusterFolders);
  const rest = targets.filter((target) => !clusters.some((folder) => resolve(folder).startsWith(resolve(target))));
  return [
    ...clusters.map((folder) => new FolderSource(basename(resolve(folder)), [folder], once)),
    ...(rest.length === 0 ? [] : [new FolderSource(name, rest, once)]),
  ];
}

/** Folders with a `version.json`, the answer of a cluster's `/version`, at or right below a target. */
function clusterFolders(target: string): readonly string[] {
  if (!statSync(target).isDirectory()) return [];
  if (existsSync(join(target, 'version.json'))) return [target];
  const entries = readdirSync(target, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(target, name)).filter((folder) => existsSync(join(folder, 'version.json')));
}

/** Files and folders as one source: read as a whole, and again whenever something in them changes. */
class FolderSource implements Source {
  readonly name: string;
  readonly kind = 'files';
  readonly #targets: readonly string[];
  readonly #once: boolean;
  #types = new Set<string>();
  #origins = new Set<string>();
  #last: readonly Resource[] = [];

  constructor(name: string, targets: readonly string[], once: boolean) {
    [this.name, this.#targets, this.#once] = [name, targets, once];
  }

  async run(sink: Sink, signal: AbortSignal): Promise<void> {
    const state = await sink.state(this.name);
    this.#types = new Set(state.types);
    await this.#readAll(sink);
    if (this.#once) return;
    await Promise.all(this.#targets.map(async (target) => await this.#watch(target, sink, signal)));
  }

  async #watch(target: string, sink: Sink, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of watch(target, { recursive: true, signal })) {
        await delay(settleMilliseconds, undefined, { signal });
        await this.#readAll(sink);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #readAll(sink: Sink): Promise<void> {
    const objects: FileObject[] = [];
    const problems = new Map<string, Problem[]>([...this.#origins].map((origin) => [origin, []]));
    await readTargets(this.#targets, (items) => {
      for (const item of items) {
        if (item.item === 'object') objects.push(item);
        if (item.item === 'problem' && basename(item.problem.file ?? '') !== 'version.json') {
          const origin = item.problem.file ?? this.name;
          problems.set(origin, [...(problems.get(origin) ?? []), { ...item.problem, source: this.name }]);
        }
      }
    });
    this.#origins = new Set(problems.keys());
    const kinds = new FileKinds();
    for (const { kind, body } of objects) if (kind === 'CustomResourceDefinition') kinds.learn(body);
    const read = objects.map((object) => fileResource(object, this.name, kinds)).filter(({ name }) => name !== '');
    const broken = new Map([...problems].flatMap(([file, found]) => brokenBy(file, found)));
    const kept = this.#lastGood(read, broken);
    this.#last = [...read, ...kept];
    const byType = Map.groupBy(this.#last, ({ type }) => type);
    const stale = new Map(
      kept.map(({ type, place }) => [type, broken.get(place?.file ?? '') ?? 'a file cannot be read']),
    );
    await sink.observe([...(await this.#facts()), ...this.#lists(byType, stale), ...this.#said(problems)]);
    this.#types = new Set(byType.keys());
  }

  /** What stood in files that cannot be read whole just now: an error deletes nothing. */
  #lastGood(read: readonly Resource[], broken: ReadonlyMap<string, string>): readonly Resource[] {
    if (broken.size === 0) return [];
    const there = new Set(read.map(keyText));
    return this.#last.filter((resource) => broken.has(resource.place?.file ?? '') && !there.has(keyText(resource)));
  }

  async #facts(): Promise<readonly Observation[]> {
    const file = this.#targets.map((target) => join(target, 'version.json')).find((path) => existsSync(path));
    if (file === undefined) return [];
    const value = parseExactJson(await readFile(file, 'utf8'));
    return [{ kind: 'fact', source: this.name, name: 'version', value, observedAt: Date.now() }];
  }

  *#lists(
    byType: ReadonlyMap<string, readonly Resource[]>,
    stale: ReadonlyMap<string, string>,
  ): Generator<Observation> {
    const source = this.name;
    const now = Date.now();
    const first = ['core/namespaces'].filter((type) => byType.has(type));
    for (const type of new Set([...first, ...byType.keys(), ...this.#types])) {
      yield { kind: 'list-start', source, type, scope: null };
      for (const resource of byType.get(type) ?? []) yield { kind: 'upsert', resource, observedAt: now };
      yield { kind: 'list-complete', source, type, scope: null, observedAt: now };
      const reason = stale.get(type) ?? null;
      const state = reason !== null ? 'stale' : this.#once ? 'listed' : 'live';
      yield {
        kind: 'coverage',
        coverage: { source, type, scope: null, state, since: now, lastComplete: reason === null ? now : null, reason },
      };
    }
  }

  *#said(problems: ReadonlyMap<string, readonly Problem[]>): Generator<Observation> {
    for (const [origin, found] of problems) yield { kind: 'problems', source: this.name, origin, problems: found };
  }
}

/** A file with a problem that hides objects, and that problem's words; none for mere notices. */
function brokenBy(file: string, problems: readonly Problem[]): [string, string][] {
  const found = problems.find(({ code }) => errors[code as ErrorCode].fault !== 'notice');
  return found === undefined ? [] : [[file, `${file}: ${found.message}`]];
}
