import { PlimsollError } from '../../model/errors.ts';
import { changeSchema, coverageSchema, findingSchema } from '../../server/schemas.ts';
import { runningServer } from '../api/connect.ts';
import { followStream, type StreamEvent } from '../api/follow-stream.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { jsonText } from '../../model/json-text.ts';
import { yamlText } from '../output/print.ts';
import { changeLine, coverageLine, findingLine } from '../output/live-lines.ts';
import { whereFilter } from '../../server/where.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll watch`: until it is interrupted. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const { test } = await whereFilter<object>(options.where, fields);
  const since = options.since === undefined ? undefined : positionOf(options.since);
  const url = await runningServer(options, terminal);
  terminal.progress(null);
  const kinds = ['finding', 'coverage', ...(options.changes ? (['change'] as const) : [])] as const;
  for await (const event of followStream(url, kinds, since, terminal.signal, terminal.say)) {
    if (event.event === 'reset') terminal.say(resetText(since, event.data.seq));
    else if (test(event.data)) await terminal.write(await eventText(event, options, terminal));
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

async function eventText(shown: Shown, { output }: Options, { paint }: Terminal): Promise<string> {
  if (output === 'yaml') return `---\n${await yamlText({ event: shown.event, ...shown.data })}`;
  if (output !== 'table') return `${jsonText({ event: shown.event, ...shown.data })}\n`;
  if (shown.event === 'change') return `${changeLine(shown.data, paint)}\n`;
  if (shown.event === 'finding') return `${findingLine(shown.data, paint)}\n`;
  return `${coverageLine(shown.data, paint)}\n`;
}
