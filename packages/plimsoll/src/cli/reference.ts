import { commandTable, type CommandEntry } from './command-table.ts';
import { globalOptions, optionEntry, variableOf, type OptionName } from './option-table.ts';

/** docs/cli.md, made from the tables of commands and options. */
export function cliReference(): string {
  return [
    '# The command line',
    '',
    'Made from the tables in `packages/plimsoll/src/cli` (`command-table.ts`, `option-table.ts`); a test holds it to them.',
    '',
    'Standard output holds data alone; everything else goes to standard error. A flag outranks its environment variable, which outranks [plimsoll.yaml](configuration.md), which outranks the default. In a variable a list is comma-separated. As `kubectl-plimsoll` in the PATH it is `kubectl plimsoll`.',
    '',
    '| exit code | |',
    '| --: | --- |',
    '| 0 | nothing at or above `--fail-on` |',
    '| 1 | findings |',
    '| 2 | a mistake in a flag, the configuration or a policy |',
    '| 3 | could not tell: unreadable document, a list that is forbidden or not complete yet, evaluation error, unknown verdict (`--allow-unknown` accepts it) |',
    '| 70 | a bug of ours |',
    '',
    'Of several, the first of 70, 2, 1, 3.',
    '',
    '## Options of every command',
    '',
    ...optionRows(globalOptions),
    '',
    ...commandTable.filter(({ isHidden }) => isHidden !== true).flatMap(commandLines),
  ].join('\n');
}

function commandLines(entry: CommandEntry): readonly string[] {
  const words = entry.arguments.map(({ name, required, many }) => {
    const word = many === true ? `${name}…` : name;
    return required ? word : `[${word}]`;
  });
  return [
    `## plimsoll ${[entry.name, ...words].join(' ')}`,
    '',
    `${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.${entry.detail === '' ? '' : ` ${entry.detail}`}`,
    '',
    ...entry.arguments.map(({ name, doc }) => `- \`${name}\`: ${doc}`),
    ...(entry.arguments.length === 0 ? [] : ['']),
    ...(entry.options.length === 0 ? [] : [...optionRows(entry.options), '']),
    '```sh',
    ...entry.examples,
    '```',
    '',
  ];
}

function optionRows(names: readonly OptionName[]): readonly string[] {
  const rows = names.map((name) => {
    const { short, value, negated, doc, default: otherwise } = optionEntry(name);
    const long = `--${negated === true ? 'no-' : ''}${name}${value === undefined ? '' : ` ${value}`}`;
    const flag = short === undefined ? long : `-${short}, ${long}`;
    const shown = otherwise === undefined || typeof otherwise === 'boolean' ? '' : `\`${otherwise}\``;
    return `| \`${flag.replaceAll('|', '\\|')}\` | \`${variableOf(name)}\` | ${shown} | ${doc.replaceAll('|', '\\|')} |`;
  });
  return ['| option | variable | default | |', '| --- | --- | --- | --- |', ...rows];
}
