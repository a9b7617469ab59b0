import { isComplete } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import { type Redaction, redactionOf } from '../../sources/snapshots/redaction.ts';
import { coverageItem, timeText } from '../../server/items.ts';
import { loadGuardrails } from '../compose/guardrail-set.ts';
import { takeSnapshot } from '../compose/take-snapshot.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { printOne } from '../output/print.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll snapshot CONTEXT`: writes the file, and says what it is and what of the cluster is not in it. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const context = (words[0] ?? '').replace(/^kube:/, '');
  const { kubeconfig } = options;
  const redactions = options.redact.map(needRedaction);
  const { documents, problems } = await loadGuardrails(options.guardrails);
  for (const problem of problems) terminal.complain(problem);
  // What a guardrail that cannot be read needs would be missing from the file, and nobody would know.
  if (exitCodeOf(problems.map(exitCodeOfProblem)) !== exitCodes.good) return exitCodes.mistake;
  terminal.progress(`Reading ${context}`);
  let read = 0;
  const taken = await takeSnapshot({
    entry: { context, ...(kubeconfig === undefined ? {} : { kubeconfig }) },
    file: options.out ?? `${context.replaceAll(/[^\w.-]+/g, '-')}-${stamp()}.snapshot.tgz`,
    redactions,
    policies: documents.parts,
    signal: terminal.signal,
    progress: (resources) => {
      read = resources;
      terminal.progress(() => `${read} resources read`);
    },
  });
  if (taken === null) {
    terminal.say('Interrupted: no snapshot was written.');
    return exitCodes.unseen;
  }
  const { file, head, bytes, resources, types, coverage, idle } = taken;
  const gaps = coverage.filter((row) => !isComplete(row)).map(coverageItem);
  const asOf = timeText(head.ended);
  const item = {
    file,
    source: head.source,
    identity: head.identity,
    asOf,
    resources,
    types,
    bytes,
    redacted: head.redacted,
    gaps,
  };
  await printOne(terminal, options.output, item, () => {
    const row = [file, String(resources), String(types), sizeText(bytes), asOf.replace(/\.\d+Z$/, 'Z')];
    const titles = ['SNAPSHOT', 'RESOURCES', 'TYPES', 'SIZE', 'AS OF'];
    return tableText({ titles, rows: [row] }, terminal.paint, terminal.width);
  });
  for (const { text } of idle) terminal.say(`--redact ${text} found nothing to leave out.`);
  const undecided = { count: 0, example: null };
  return noteCoverage(
    { complete: gaps.length === 0, gaps, undecided, judging: false },
    options['allow-unknown'],
    terminal,
  );
}

function needRedaction(text: string): Redaction {
  const read = redactionOf(text);
  if (typeof read === 'string') throw new PlimsollError('PLM1002', `--redact ${read}.`);
  return read;
}

/** `20261126T005500Z`: a time that any file system takes in a name. */
function stamp(): string {
  return new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
