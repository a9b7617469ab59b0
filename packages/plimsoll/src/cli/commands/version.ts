import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printOne } from '../output/print.ts';
import { plimsollVersion } from '../version.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll version`. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const version = { version: plimsollVersion(), node: process.versions.node };
  await printOne(terminal, options.output, version, () => `plimsoll ${version.version} (Node ${version.node})\n`);
  return exitCodes.good;
}
