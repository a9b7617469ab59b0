import type { Problem } from '../../model/problem.ts';
import type { CommandEntry } from '../command-table.ts';
import { globalOptions, optionEntry, optionNames, type OptionName, type Options } from '../option-table.ts';
import type { Configuration, ConfigurationReading } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Asked } from './which-file.ts';

/** What a run is set to: its options, and the configuration behind them. */
export interface Settings {
  readonly options: Options;
  /** Null where there is no file. */
  readonly configuration: Configuration | null;
}

/** The settings of an invocation: flag, else variable, else file, else default; or all that is wrong with the file. */
export async function settingsOf(
  asked: Asked,
  file: string,
): Promise<Settings | { readonly problems: readonly Problem[] }> {
  const reading: ConfigurationReading = await readConfiguration(file);
  if (!reading.ok) return { problems: reading.problems };
  return { options: overlaid(asked, reading.configuration), configuration: reading.configuration };
}

/** Whether a file decides anything of an invocation, for which it is then said. */
export function isDecided({ entry, given }: Asked, { configuration }: Settings): boolean {
  if (configuration === null) return false;
  return [...configuration.options.keys()].some((name) => takes(entry, name) && !given.has(name));
}

function overlaid({ entry, options, given }: Asked, configuration: Configuration): Options {
  const decided = optionNames.flatMap((name) => {
    const value = configuration.options.get(name);
    return value === undefined || given.has(name) || !takes(entry, name) ? [] : [[name, value] as const];
  });
  return { ...options, ...Object.fromEntries(decided) };
}

/** Whether a command takes an option from the file. */
function takes(entry: CommandEntry, name: OptionName): boolean {
  if (optionEntry(name).file === undefined || entry.notFromFile?.includes(name) === true) return false;
  const own: readonly OptionName[] = [...globalOptions, ...entry.options];
  return own.includes(name);
}
