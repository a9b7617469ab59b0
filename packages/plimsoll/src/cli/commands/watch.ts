import { PlimsollError } from '../../model/errors.ts';
import { changeSchema, coverageSchema, findingSchema } from '../../server/schemas.ts';
import { runningServer } from '../api/connect.ts';
import { followStream, type StreamEvent } from '../api/follow-stream.ts';
import { tokenOf } from '../api/token-of.ts';
import { together } from '../api/together.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { jsonText } from '../../model/json-text.ts';
import { yamlText } from '../output/print.ts';
import { changeLine, coverageLines, findingLine } from '../output/live-lines.ts';
import { whereFilter } from '../../server/where.ts';
import type { Terminal } from '../terminal.ts';

/** Events so close to each other are told together: a cluster that goes takes all its types along. */
const atOnceMilliseconds = 100;

/** `plimsoll watch`: until it is interrupted. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const { test } = await whereFilter<object>(options.where, fields);
  const since = options.since === undefined ? undefined : positionOf(options.since);
  const url = await runningServer(options, terminal);
  terminal.progress(null);
  const kinds = ['finding', 'coverage', ...(options.changes ? (['change'] as const) : [])] as const;
  const events = followStream(
    url,
    kinds,
    since,
    terminal.signal,
    terminal.say,
    await tokenOf(options, terminal.environment),
  );
  for await (const batch of together(events, atOnceMilliseconds)) {
    const shown: Shown[] = [];
    for (const event of batch) {
      if (event.event === 'reset') terminal.say(resetText(since, event.data.seq));
      else if (test(event.data)) shown.push(event);
    }
    await terminal.write(await eventsText(shown, options, terminal));
  }
  return exitCodes.good;
}

/** Why what follows does not follow on a position: it is gone, or was never there. `head`: where the log stands. */
export function resetText(since: number | undefined, head: number): string {
  return since !== undefined && since > head
    ? `The log has no position ${since}: it stands at ${head}. What happens from now on is shown.`
    : 'The log no longer holds that position: what happened in between is not shown.';
}

function positionOf(since: string): number {
  if (/^\d{1,15}$/.test(since)) return Number(since);
  throw new PlimsollError('PLM1002', `--since ${since}: give a position of the change log, for example 0.`);
}

/** The fields of all kinds of events: what `--where` may read. */
const fields = [...new Set([changeSchema, findingSchema, coverageSchema].flatMap(({ shape }) => Object.keys(shape)))];

type Shown = Exclude<StreamEvent, { event: 'reset' }>;

/** Events that came at once; in a table, what can be seen comes before what follows from it, folded. */
async function eventsText(shown: readonly Shown[], { output }: Options, { paint }: Terminal): Promise<string> {
  if (output === 'yaml') {
    const texts = await Promise.all(shown.map(({ event, data }) => yamlText({ event, ...data })));
    return texts.map((text) => `---\n${text}`).join('');
  }
  if (output !== 'table') return shown.map(({ event, data }) => `${jsonText({ event, ...data })}\n`).join('');
  const coverage = shown.flatMap(({ event, data }) => (event === 'coverage' ? [data] : []));
  const others = shown.flatMap((one) => {
    if (one.event === 'coverage') return [];
    return one.event === 'change' ? changeLine(one.data, paint) : findingLine(one.data, paint);
  });
  return [...coverageLines(coverage, paint), ...others].map((line) => `${line}\n`).join('');
}
