import { existsSync } from 'node:fs';
import type { CommandEntry } from '../command-table.ts';
import type { OptionName, Options } from '../option-table.ts';

/** The configuration that is used where none is named. */
const defaultFile = 'plimsoll.yaml';

/** What of an invocation decides its settings. */
export interface Asked {
  readonly entry: CommandEntry;
  /** Flags and variables, else the table's defaults. */
  readonly options: Options;
  /** The options that a flag or a variable gave. */
  readonly given: ReadonlySet<OptionName>;
}

/** Which file is the configuration: `--config`, else plimsoll.yaml where it is there; null for none. */
export function configurationFile({ entry, options }: Asked): string | null {
  if (entry.withoutConfiguration === true) return null;
  return options.config ?? (existsSync(defaultFile) ? defaultFile : null);
}
