import { PlimsollError } from '../../model/errors.ts';
import { commandTable, type CommandEntry } from '../command-table.ts';
import { globalOptions, optionEntry, scanFormats, type OptionName } from '../option-table.ts';

/** What may stand where the line ends; `:files` stands for files of the working folder. */
export interface Candidate {
  readonly word: string;
  /** What it is, in one line; empty where the word says it. */
  readonly doc: string;
}

const files: Candidate = { word: ':files', doc: '' };

/**
 * What may stand at the end of a command line: `words` are those behind the program's name, of which the last one is
 * being written (empty where it is not begun). Nothing is asked of any cluster or server.
 */
export async function completionsOf(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<readonly Candidate[]> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const { entry, plain, pending } = read(before);
  const found = await candidates(current, before, { entry, plain, pending }, environment);
  return found.filter((one) => (one === files ? !current.startsWith('kube:') : one.word.startsWith(current)));
}

interface Read {
  /** The command that is named; null where none is, or only a part of one. */
  readonly entry: CommandEntry | null;
  /** Words that are no options and no values of options. */
  readonly plain: readonly string[];
  /** The option whose value comes next. */
  readonly pending: OptionName | null;
}

function read(before: readonly string[]): Read {
  const plain: string[] = [];
  let pending: OptionName | null = null;
  for (const word of before) {
    if (pending !== null) pending = null;
    else if (word.startsWith('-')) pending = word.includes('=') ? null : valued(word);
    else plain.push(word);
  }
  const entry = commandTable.findLast(({ name }) => name.split(' ').every((part, index) => plain[index] === part));
  return { entry: entry ?? null, plain, pending };
}

/** The option of a flag that takes a value; null for others. */
function valued(flag: string): OptionName | null {
  const name = everyOption.find((one) => flag === `--${one}` || flag === `-${optionEntry(one).short ?? ''}`);
  return name === undefined || optionEntry(name).kind === 'flag' ? null : name;
}

const everyOption = [...new Set([...globalOptions, ...commandTable.flatMap(({ options }) => options)])];

async function candidates(
  current: string,
  before: readonly string[],
  { entry, plain, pending }: Read,
  environment: NodeJS.ProcessEnv,
): Promise<readonly Candidate[]> {
  if (pending !== null) return await valuesOf(pending, entry, before, environment);
  const assigned = /^--([\w-]+)=/.exec(current);
  if (assigned !== null) {
    const name = valued(`--${assigned[1] ?? ''}`);
    if (name === null) return [];
    const values = await valuesOf(name, entry, before, environment);
    return values.filter((one) => one !== files).map(({ word, doc }) => ({ word: `--${name}=${word}`, doc }));
  }
  if (current.startsWith('-')) return flagsOf(entry, before);
  if (entry === null) return commandsBehind(plain);
  return await argumentsOf(entry, plain.length - entry.name.split(' ').length, before, environment);
}

/** The next words of commands that begin with these. */
function commandsBehind(plain: readonly string[]): readonly Candidate[] {
  const next = commandTable
    .filter(({ isHidden, name }) => isHidden !== true && plain.every((word, at) => name.split(' ')[at] === word))
    .map(({ name, summary }) => {
      const [word = '', ...rest] = name.split(' ').slice(plain.length);
      return { word, doc: rest.length === 0 ? summary : `${word} …` };
    });
  return [...new Map(next.map((one) => [one.word, one])).values()];
}

function flagsOf(entry: CommandEntry | null, before: readonly string[]): readonly Candidate[] {
  if (entry === null) return [{ word: '--help', doc: 'what there is' }];
  const names: readonly OptionName[] = [...entry.options, ...globalOptions];
  const flags = names.map((name) => {
    const { negated, doc, kind } = optionEntry(name);
    return { word: `--${negated === true ? 'no-' : ''}${name}`, doc, again: kind === 'list' };
  });
  const left = flags.filter(({ word, again }) => again || !before.includes(word));
  return [...left.map(({ word, doc }) => ({ word, doc })), { word: '--help', doc: 'what this command does' }];
}

async function argumentsOf(
  { name, arguments: taken }: CommandEntry,
  given: number,
  before: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<readonly Candidate[]> {
  const argument = taken[given] ?? taken.findLast(({ many }) => many === true);
  if (argument?.name === 'SHELL') return ['bash', 'zsh', 'fish'].map((word) => ({ word, doc: '' }));
  if (argument?.name === 'CONTEXT') return await contextsOf(before, environment);
  if (!['TARGET', 'DIR', 'FILE'].includes(argument?.name ?? '')) return [];
  if (name !== 'scan') return [files];
  const contexts = await contextsOf(before, environment);
  return [files, ...contexts.map(({ word, doc }) => ({ word: `kube:${word}`, doc }))];
}

async function valuesOf(
  name: OptionName,
  entry: CommandEntry | null,
  before: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<readonly Candidate[]> {
  const { choices, value } = optionEntry(name);
  if (name === 'output' && entry?.name === 'scan') return scanFormats.map((word) => ({ word, doc: '' }));
  if (choices !== undefined) return choices.map((word) => ({ word, doc: '' }));
  if (name === 'context') return await contextsOf(before, environment);
  if (name === 'guardrails') return [...(await presets()), files];
  return value === 'FILE' || value === 'PATH' || name === 'on' ? [files] : [];
}

/** The contexts of the kubeconfig that the line names, or of the usual one; none where it cannot be read. */
async function contextsOf(before: readonly string[], environment: NodeJS.ProcessEnv): Promise<readonly Candidate[]> {
  const { sourceKinds } = await import('../../sources/registry.ts');
  const at = before.indexOf('--kubeconfig');
  const assigned = before.find((word) => word.startsWith('--kubeconfig='))?.slice('--kubeconfig='.length);
  const kubeconfig = assigned ?? (at === -1 ? environment['PLIMSOLL_KUBECONFIG'] : before[at + 1]);
  try {
    const { all } = await sourceKinds.kubernetes.offered(kubeconfig === undefined ? {} : { kubeconfig });
    return all.flatMap(({ context }) => (context === undefined ? [] : [{ word: context, doc: 'context' }]));
  } catch (error) {
    if (error instanceof PlimsollError) return [];
    throw error;
  }
}

async function presets(): Promise<readonly Candidate[]> {
  const { libraryFolder, presetNames, readLibrary } = await import('../../guardrails/library/read-library.ts');
  return presetNames(readLibrary(libraryFolder)).map((name) => ({ word: `builtin:${name}`, doc: 'preset' }));
}
