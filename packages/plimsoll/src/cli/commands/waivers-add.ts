import { connect } from '../api/connect.ts';
import { writtenWaiver } from '../compose/written-waiver.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { writeNew } from '../output/new-file.ts';
import { yamlText } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll waivers add NAME`: a file for review, or with --apply a waiver that the server keeps. */
export async function run([name = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = options.finding === undefined && !options.apply ? null : await connect(options, terminal);
  try {
    const finding = options.finding === undefined || api === null ? null : await api.finding(options.finding);
    const document = writtenWaiver(name, options, finding, Date.now());
    if (options.apply && api !== null) {
      const kept = await api.keepWaiver(document);
      terminal.say(`In force: ${visible(kept.name)} covers ${kept.findings ?? 0} of ${kept.among ?? 0} findings.`);
      return exitCodes.good;
    }
    const text = await yamlText(document);
    const file = options.out ?? `${name}.yaml`;
    if (file === '-') await terminal.write(text);
    else {
      await writeNew(file, text);
      terminal.say(`Wrote ${file}. Review it; nothing is waived until it is among the guardrails:`);
      terminal.say(`  ${terminal.program} scan ./manifests --guardrails ./policies --guardrails ${file}`);
      terminal.say(`  ${terminal.program} up --guardrails ./policies --guardrails ${file}`);
    }
    return exitCodes.good;
  } finally {
    await api?.close();
  }
}
