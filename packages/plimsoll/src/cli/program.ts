import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { PlimsollError } from '../model/errors.ts';
import { commandTable, type CommandEntry } from './command-table.ts';
import {
  globalOptions,
  optionEntry,
  optionNames,
  scanFormats,
  variableOf,
  type OptionName,
  type Options,
  type OptionWord,
} from './option-table.ts';

/** What the program is called by: `kubectl plimsoll` as a plug-in of kubectl. */
export type ProgramName = 'plimsoll' | 'kubectl plimsoll';

/** What a command line asks for; `help` holds the text where help was asked for. */
export type Invocation =
  | {
      readonly kind: 'command';
      readonly entry: CommandEntry;
      readonly words: readonly string[];
      readonly options: Options;
      /** The options that a flag or a variable gave. */
      readonly given: ReadonlySet<OptionName>;
    }
  | { readonly kind: 'help'; readonly text: string };

/**
 * By what name the program was called, from the path of its file: kubectl runs `kubectl-NAME` for `kubectl NAME`
 * (https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/).
 */
export function programName(file: string | undefined): ProgramName {
  return /(^|[/\\])kubectl-plimsoll(\.\w+)?$/.test(file ?? '') ? 'kubectl plimsoll' : 'plimsoll';
}

/**
 * Reads a command line (without node and script) by the tables of commands and options.
 *
 * @throws PlimsollError PLM1001 for an unknown command, flag or missing argument; PLM1002 for a value that an option
 *   does not take.
 */
export function parseCommandLine(
  line: readonly string[],
  environment: NodeJS.ProcessEnv,
  program: ProgramName = 'plimsoll',
): Invocation {
  let help = '';
  let invocation: Invocation | undefined;
  const root = quiet(new Command(program), (text) => (help += text));
  root.description('Know what your clusters run, hold it to the line, fix it without harm.');
  root.helpCommand(false).configureHelp({ sortSubcommands: false });
  const parents = new Map<string, Command>([['', root]]);
  for (const entry of commandTable) {
    const parent = parentOf(entry, parents);
    const name = entry.name.split(' ').at(-1) ?? entry.name;
    const command = quiet(parent.command(name, { hidden: entry.isHidden === true }), (text) => (help += text));
    declare(command, entry, program);
    command.action(() => {
      const words = command.args;
      invocation = { kind: 'command', entry, words, ...optionsOf(command, entry, environment) };
    });
  }
  try {
    root.parse([...line], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === 'commander.help') return { kind: 'help', text: help };
    const code = error.code.startsWith('commander.invalid') ? 'PLM1002' : 'PLM1001';
    const hint = line[0] === '--version' || line[0] === '-V' ? `; the version is told by \`${program} version\`` : '';
    throw new PlimsollError(code, `${error.message.replace(/^error: /, '')}${hint}`, {}, { cause: error });
  }
  return invocation ?? { kind: 'help', text: root.helpInformation() };
}

function quiet(command: Command, keep: (text: string) => void): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: keep, writeErr: keep, outputError: () => undefined })
    .allowExcessArguments(false);
}

function parentOf(entry: CommandEntry, parents: Map<string, Command>): Command {
  const name = entry.name.split(' ').slice(0, -1).join(' ');
  const known = parents.get(name);
  if (known !== undefined) return known;
  const root = parents.get('');
  if (root === undefined) throw new Error('the program has no root command');
  const group = root
    .command(name)
    .description(groupSummaries[name] ?? name)
    .exitOverride();
  group.helpCommand(false);
  parents.set(name, group);
  return group;
}

const groupSummaries: Record<string, string> = {
  guardrails: 'list, show and test guardrails',
  store: 'carry a store elsewhere, or keep a copy of it',
  waivers: 'who accepts which findings, why, until when',
};

function declare(command: Command, entry: CommandEntry, program: ProgramName): void {
  command
    .description(entry.detail === '' ? entry.summary : `${entry.summary}\n\n${entry.detail}`)
    .summary(entry.summary);
  for (const argument of entry.arguments) {
    const name = argument.many === true ? `${argument.name}...` : argument.name;
    command.argument(argument.required ? `<${name}>` : `[${name}]`, argument.doc);
  }
  for (const name of [...entry.options, ...globalOptions]) command.addOption(declareOption(name, entry));
  if (entry.examples.length > 0)
    command.addHelpText(
      'after',
      `\nExamples:\n${entry.examples.map((example) => `  ${example.replaceAll(/\bplimsoll (?=[a-z])/g, `${program} `)}\n`).join('')}`,
    );
}

function declareOption(name: OptionName, entry: CommandEntry): Option {
  const { kind, short, value, negated, doc } = optionEntry(name);
  const choices = choicesOf(name, entry);
  const long = `--${negated === true ? 'no-' : ''}${name}${value === undefined ? '' : ` <${value}>`}`;
  const option = new Option(short === undefined ? long : `-${short}, ${long}`, doc);
  option.default(optionEntry(name).default);
  if (kind === 'list')
    option.argParser((word: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), word]);
  if (kind === 'number') option.argParser(wholeNumber);
  if (choices !== undefined) option.argParser((word: string) => chosen(word, choices));
  return option;
}

function choicesOf(name: OptionName, entry: CommandEntry): readonly string[] | undefined {
  return name === 'output' && entry.name === 'scan' ? scanFormats : optionEntry(name).choices;
}

/** An option's value from its environment variable; undefined where it is not set or empty. */
function fromEnvironment(
  name: OptionName,
  choices: readonly string[] | undefined,
  environment: NodeJS.ProcessEnv,
): OptionWord {
  const variable = variableOf(name);
  const word = environment[variable];
  if (word === undefined || word === '') return undefined;
  try {
    const { kind } = optionEntry(name);
    if (kind === 'flag') return chosen(word, ['true', 'false', '1', '0']) === 'true' || word === '1';
    if (kind === 'number') return wholeNumber(word);
    if (kind === 'list') return word.split(',').filter((part) => part !== '');
    return choices === undefined ? word : chosen(word, choices);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new PlimsollError('PLM1002', `${variable}=${word}: ${error.message}`, {}, { cause: error });
  }
}

function wholeNumber(word: string): number {
  if (!/^[1-9]\d{0,8}$/.test(word)) throw new InvalidArgumentError('Give a whole number from 1 on.');
  return Number(word);
}

function chosen(word: string, choices: readonly string[]): string {
  if (!choices.includes(word)) throw new InvalidArgumentError(`Give one of ${choices.join(', ')}.`);
  return word;
}

/** Flag, else environment, else default; what the command lacks has the table's default. */
function optionsOf(
  command: Command,
  entry: CommandEntry,
  environment: NodeJS.ProcessEnv,
): { readonly options: Options; readonly given: ReadonlySet<OptionName> } {
  const own: readonly string[] = [...entry.options, ...globalOptions];
  const given = new Map<OptionName, OptionWord>();
  for (const name of optionNames) {
    const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const flag: OptionWord = command.getOptionValueSource(camel) === 'cli' ? command.getOptionValue(camel) : undefined;
    const variable = own.includes(name) ? fromEnvironment(name, choicesOf(name, entry), environment) : undefined;
    const word = flag ?? variable;
    if (word !== undefined) given.set(name, word);
  }
  const options = Object.fromEntries(
    optionNames.map((name) => {
      const { kind, default: otherwise } = optionEntry(name);
      return [name, given.get(name) ?? otherwise ?? (kind === 'list' ? [] : undefined)];
    }),
  ) as Options;
  for (const name of optionNames) refuseBoth(name, options);
  return { options, given: new Set(given.keys()) };
}

function refuseBoth(name: OptionName, options: Readonly<Record<string, OptionWord>>): void {
  const { excludes } = optionEntry(name);
  if (excludes === undefined || !isGiven(options[name]) || !isGiven(options[excludes])) return;
  throw new PlimsollError('PLM1002', `--${name} and --${excludes} exclude each other: give one of them.`);
}

function isGiven(word: OptionWord): boolean {
  return word !== undefined && word !== false && !(Array.isArray(word) && word.length === 0);
}
