import { PlimsollError } from '../../model/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import { displayName } from '../../model/resource.ts';
import type { DiffItem, DifferenceItem } from '../../server/schemas.ts';
import type { ApiClient, Query } from '../api/client.ts';
import { connect } from '../api/connect.ts';
import { readings } from '../api/resource-named.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import type { Paint } from '../output/paint.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';
import { timeOf } from '../time-words.ts';

/** `plimsoll diff RESOURCE`: how two of its states differ, the last two where nothing else is asked for. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [word = ''] = words;
  const now = Date.now();
  const asked = {
    from: stateText(options.from, '--from', now),
    to: stateText(options.to, '--to', now),
    ...(options.all ? { all: 'true' } : {}),
  };
  const api = await connect(options, terminal);
  try {
    const diff = await diffNamed(word, asked, api);
    await printOne(terminal, options.output, diff, () => diffText(diff, terminal.paint));
    if (diff.hidden > 0 && options.output === 'table')
      terminal.say(`${diff.hidden} more that every write changes; --all shows them.`);
    if (diff.unseen.length > 0) terminal.say(`Not kept, and not compared: ${diff.unseen.join(', ')}.`);
    return exitCodes.good;
  } finally {
    await api.close();
  }
}

/** A position of the log as it is, a time as the API takes it. */
function stateText(text: string | undefined, option: string, now: number): string | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text;
  return new Date(timeOf(text, option, now)).toISOString();
}

async function diffNamed(word: string, asked: Query, api: ApiClient): Promise<DiffItem> {
  for (const query of readings(word)) {
    // What was never seen under one reading of the name may have been under another.
    if ((await api.list('versions', query, 1)).items.length === 0) continue;
    return await api.diff({ ...query, ...asked });
  }
  throw new PlimsollError('PLM1005', `Nothing was ever seen of ${word} in ${api.name}.`);
}

const marks = { added: '+', removed: '-', changed: '~', spliced: '~', reordered: '⇅' } as const;

function diffText(diff: DiffItem, paint: Paint): string {
  const { from, to, differences } = diff;
  if (from.seq === to.seq)
    return `${visible(displayName(diff))} has one state in that time: ${stateName(to)}. There is nothing to compare it with.\n`;
  const head = `${paint.bold(visible(displayName(diff)))}  ${stateName(from)} → ${stateName(to)}`;
  const lines = differences.map((difference) => `  ${lineOf(difference, paint)}`);
  return `${[head, ...(lines.length === 0 ? ['  No difference.'] : lines)].join('\n')}\n`;
}

function stateName({ seq, at, exists }: DiffItem['from']): string {
  const when = at?.replace(/\.\d+Z$/, 'Z') ?? 'before it was seen';
  return `${exists ? '' : 'nothing, '}${seq === null ? when : `${seq} (${when})`}`;
}

function lineOf({ operation, path, from, to }: DifferenceItem, paint: Paint): string {
  const what = `${marks[operation]} ${visible(path)}`;
  const value = (json: typeof from) => visible(jsonText(json));
  if (operation === 'added') return paint.good(`${what}: ${value(to)}`);
  if (operation === 'removed') return paint.bad(`${what}: ${value(from)}`);
  if (operation === 'reordered') return `${what}: in another order`;
  return `${what}: ${paint.bad(value(from))} → ${paint.good(value(to))}`;
}
