import { connect } from '../api/connect.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll waivers end NAME`: ends a waiver that the server keeps. */
export async function run([name = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const ended = await api.endWaiver(name);
    terminal.say(`Ended ${visible(ended.name)}; it covered ${ended.findings ?? 0} findings.`);
    return exitCodes.good;
  } finally {
    await api.close();
  }
}
