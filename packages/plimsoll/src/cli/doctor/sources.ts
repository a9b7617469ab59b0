import { PlimsollError } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { sourceKinds } from '../../sources/registry.ts';
import type { Examination } from '../../sources/source.ts';
import { clusterDefaults, namedEntries } from '../compose/what-to-watch.ts';
import type { Configuration, SourceEntry } from '../configuration/configuration.ts';
import type { Options } from '../option-table.ts';
import type { Check } from './check.ts';
import { versionProblem } from './versions.ts';

/** How long an origin may take to tell all. */
const patienceMilliseconds = 10_000;

/** A source that was looked at; `examination` null where it could not even be asked. */
export interface ExaminedSource extends Check {
  readonly examination: Examination | null;
}

/** Asks every origin that `up` would watch, beside each other: one that is dead holds up no other. */
export async function examineSources(
  options: Options,
  configuration: Configuration | null,
): Promise<readonly ExaminedSource[]> {
  try {
    const entries = await entriesOf(options, configuration);
    return await Promise.all(entries.map(examineEntry));
  } catch (error) {
    return [unasked('–', error)];
  }
}

async function entriesOf(options: Options, configuration: Configuration | null): Promise<readonly SourceEntry[]> {
  const named = namedEntries(options, configuration);
  if (named !== null) return named.entries;
  const { current, all } = await sourceKinds.kubernetes.offered(clusterDefaults(options));
  const offered = options['all-contexts'] ? all : current === null ? [] : [current];
  return offered.map((entry) => ({ kind: 'kubernetes', options: entry }));
}

async function examineEntry(entry: SourceEntry): Promise<ExaminedSource> {
  const name = nameOf(entry);
  try {
    const examination =
      entry.kind === 'kubernetes'
        ? await sourceKinds.kubernetes.examine(entry.options, patienceMilliseconds)
        : await sourceKinds.files.examine(entry.options, patienceMilliseconds);
    const version = versionProblem(name, examination.minor);
    const problems = [...examination.problems, ...(version === null ? [] : [version])];
    return { check: 'source', subject: name, said: saidOf(examination), problems, examination };
  } catch (error) {
    return unasked(name, error);
  }
}

function nameOf({ kind, options }: SourceEntry): string {
  return options.name ?? (kind === 'kubernetes' ? options.context : undefined) ?? kind;
}

function saidOf({ version, types, missing, skew, problems }: Examination): string {
  const parts = [
    ...(version === null ? [] : [version]),
    ...(types === null
      ? []
      : [`${types - new Set(missing.map(({ type }) => type)).size} of ${types} types may be watched`]),
    ...(skew === null ? [] : [`clock ${(Math.abs(skew) / 1000).toFixed(0)} s apart`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  return problems.length === 0 ? 'can be read' : 'cannot be asked';
}

function unasked(subject: string, error: unknown): ExaminedSource {
  if (!(error instanceof PlimsollError)) throw error;
  const problems: readonly Problem[] = [{ ...error.problem, source: subject === '–' ? null : subject }];
  return { check: 'source', subject, said: 'cannot be asked', problems, examination: null };
}
