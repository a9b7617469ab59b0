import { readPolicyDocument } from '../../guardrails/formats/registry.ts';
import { isPreset, libraryFolder, presetPolicies, readLibrary } from '../../guardrails/library/read-library.ts';
import { PlimsollError } from '../../model/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import type { PolicyDocument } from '../../guardrails/policy.ts';
import { type ReplayAnswer, type SpanItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { loadGuardrails, problemsOf } from '../compose/guardrail-set.ts';
import { policyDocumentsIn } from '../compose/policy-files.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import { exitCodeOfVerdict } from '../fail-on.ts';
import type { Options } from '../option-table.ts';
import type { Paint } from '../output/paint.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import { millisecondsOf } from '../quantity-words.ts';
import { messagesOf, resourceName } from '../scan/report.ts';
import type { Terminal } from '../terminal.ts';
import { timeOf } from '../time-words.ts';

/** When lists were not complete, told at most. */
const mostGaps = 10;

/** `plimsoll guardrails replay PATH… --since TIME`: what they would have found, as it is found. */
export async function run(paths: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const { output, limit = Number.POSITIVE_INFINITY } = options;
  if (options.since === undefined)
    throw new PlimsollError('PLM1001', 'guardrails replay needs --since TIME: from when on, as 7d.');
  const since = sinceWhen(options.since, Date.now());
  const set = await loadGuardrails(paths, false);
  const faults = problemsOf(set);
  for (const fault of faults) terminal.complain(fault);
  const wrong = exitCodeOf(faults.map(exitCodeOfProblem));
  if (wrong !== exitCodes.good) return wrong;
  const guardrails = (await documentsOf(paths)).map(({ body, place }) => ({
    ...(place === null ? {} : { file: place.file, document: place.document, line: place.line }),
    body,
  }));
  if (set.guardrails.length === 0) throw new PlimsollError('PLM1306', `There is no guardrail in ${paths.join(', ')}.`);
  const api = await connect(options, terminal);
  try {
    const items: SpanItem[] = [];
    const codes = new Set<ExitCode>();
    let [found, shown] = [0, 0];
    let last: ReplayAnswer | null = null;
    terminal.progress(() => `${last?.looked ?? 0} resources, ${last?.states ?? 0} states replayed, ${found} found`);
    for await (const page of api.replay({ guardrails, since: new Date(since).toISOString() })) {
      last = page;
      for (const item of page.items) {
        found += 1;
        codes.add(exitCodeOfVerdict(item, options));
        if (shown >= limit) continue;
        shown += 1;
        if (output === 'jsonl') await terminal.write(`${jsonText(item)}\n`);
        else if (output === 'table') await terminal.write(linesOf(item, terminal.paint));
        else items.push(item);
      }
      if (terminal.signal.aborted) break;
    }
    terminal.progress(null);
    const { looked = 0, states = 0, held = null, gaps = [] } = last ?? {};
    const answer = { items, looked, states, held, gaps };
    if (output === 'json' || output === 'yaml') await printOne(terminal, output, answer, () => '');
    if (shown < found) terminal.say(`${shown} of ${found} shown.`);
    const unheld = noteWhatIsNotHeld(answer, since, terminal);
    const span = held === null ? '' : ` from ${held.since} until ${held.until}`;
    terminal.say(`${found} found in ${states} states of ${looked} resources${span}, from ${api.name}.`);
    return exitCodeOf([...codes, unheld && !options['allow-unknown'] ? exitCodes.unseen : exitCodes.good]);
  } finally {
    terminal.progress(null);
    await api.close();
  }
}

/** `7d`, `-7d`, or a time. @throws PlimsollError PLM1002 */
function sinceWhen(text: string, now: number): number {
  const back = millisecondsOf(text.trim());
  return back === null ? timeOf(text, '--since', now) : now - back;
}

async function documentsOf(paths: readonly string[]): Promise<readonly PolicyDocument[]> {
  const documents: PolicyDocument[] = [];
  await policyDocumentsIn(
    paths.filter((path) => !isPreset(path)),
    (document) => {
      if (readPolicyDocument(document).length > 0) documents.push(document);
    },
  );
  const presets = paths.filter(isPreset);
  const library = presets.length === 0 ? null : readLibrary(libraryFolder);
  for (const preset of presets)
    if (library !== null) documents.push(...presetPolicies(preset, library).map(({ policy }) => policy.document));
  return documents;
}

/** Says what the history does not hold of what was asked; true where something is missing. */
function noteWhatIsNotHeld(
  { held, gaps }: Pick<ReplayAnswer, 'held' | 'gaps'>,
  since: number,
  { say }: Pick<Terminal, 'say'>,
): boolean {
  if (held === null) {
    say('There is no history yet.');
    return true;
  }
  const isShort = Date.parse(held.since) > since;
  if (isShort) say(`The history begins at ${held.since}; of what was before nothing is known.`);
  for (const { source, type, scope, state, reason, from, until } of gaps.slice(0, mostGaps)) {
    const what = [source, type, ...(scope === null ? [] : [scope])].join(' ');
    say(`Not seen from ${from} ${until === null ? 'on' : `until ${until}`}: ${what} (${reason ?? state}).`);
  }
  if (gaps.length > mostGaps) say(`Not seen at ${gaps.length - mostGaps} more times; -o json has them.`);
  return isShort || gaps.length > 0;
}

function linesOf(item: SpanItem, paint: Paint): string {
  const { outcome, from, until, by, owner, guardrail } = item;
  const mark = outcome === 'fail' ? paint.bad('✗') : paint.warn(outcome);
  const name = paint.bold(visible(resourceName(item.resource)));
  const when = `${from ?? 'before'} → ${until ?? 'now'}`;
  const managers = [...new Set(by.map(({ manager }) => manager))].join(', ');
  const who = [
    ...(managers === '' ? [] : [`by ${managers}`]),
    ...(owner === null ? [] : [`of ${owner.kind} ${owner.name}`]),
    ...(item.cause === 'other' ? ['by something else that changed'] : []),
  ].join(', ');
  const said = messagesOf(item).map((message) => `    ${visible(message)}\n`);
  return `${mark} ${name}  ${paint.dim(when)}  ${visible(guardrail)}${who === '' ? '' : `  ${paint.dim(visible(who))}`}\n${said.join('')}`;
}
