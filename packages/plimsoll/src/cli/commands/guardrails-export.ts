import { exportVap } from '../../guardrails/export/vap-export.ts';
import { PlimsollError } from '../../model/errors.ts';
import { loadGuardrails, problemsOf } from '../compose/guardrail-set.ts';
import { exitCodeOf, exitCodeOfProblem, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { writeNew } from '../output/new-file.ts';
import { jsonText } from '../../model/json-text.ts';
import { yamlText } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails export [PATH|builtin:PRESET]…`: manifests for kubectl apply; what is not in them is told, with 2. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const named = words.length > 0 ? words : options.guardrails;
  if (named.length === 0) throw new PlimsollError('PLM1306', 'Name what to export: a path, or a preset.');
  const set = await loadGuardrails(named);
  const { documents, problems } = exportVap(set.guardrails, Date.now());
  const text = await textOf(documents, options.output);
  if (options.out === undefined || options.out === '-') await terminal.write(text);
  else await writeNew(options.out, text);
  const told = [...problemsOf(set), ...problems];
  for (const problem of told) terminal.complain(problem);
  const bindings = documents.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding').length;
  const policies = counted(documents.length - bindings, 'policy', 'policies');
  const given = counted(set.guardrails.length, 'guardrail', 'guardrails');
  terminal.say(`${given}: ${policies} and ${counted(bindings, 'binding', 'bindings')}.`);
  if (set.waivers.length > 0) terminal.say(`Waivers are not exported: ${set.waivers.length} were read.`);
  return exitCodeOf(told.map(exitCodeOfProblem));
}

/** For kubectl: YAML documents, one JSON list, or a document a line. */
async function textOf(documents: readonly object[], format: Options['output']): Promise<string> {
  if (format === 'json') return `${jsonText({ apiVersion: 'v1', kind: 'List', items: documents }, 2)}\n`;
  if (format === 'jsonl') return documents.map((one) => `${jsonText(one)}\n`).join('');
  const texts = await Promise.all(documents.map(async (one) => await yamlText(one)));
  return texts.map((text) => `---\n${text}`).join('');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
