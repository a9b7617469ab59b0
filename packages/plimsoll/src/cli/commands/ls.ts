import { displayName } from '../../model/resource.ts';
import { jsonText } from '../../model/json-text.ts';
import type { ListCoverage, ResourceItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteAge } from '../output/age-note.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { printList } from '../output/print.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import { atText } from '../time-words.ts';
import type { ApiClient, Query } from '../api/client.ts';

/** `plimsoll ls [TYPE]`: resources of a type, or the types that there are with their numbers. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const [word] = words;
    const at = atText(options.at);
    if (word === undefined && options.where === undefined) return await listTypes(api, at, options, terminal);
    const type = word === undefined ? undefined : await typeOf(word, api, terminal);
    const query = { type, where: options.where, at };
    if (options.output === 'jsonl') return await streamed(api, query, options, terminal);
    const answer = await api.list('resources', query, options.limit);
    await printList(terminal, options.output, answer, () =>
      tableText({ titles: ['RESOURCE', 'KIND', 'PLACE'], rows: answer.items.map(row) }, terminal.paint, terminal.width),
    );
    if (answer.items.length === 0)
      terminal.say(
        `There ${at === undefined ? 'is' : 'was'} no ${type ?? 'resource'} in ${api.name}${at === undefined ? '' : ` at ${at}`}${options.where === undefined ? '' : ' for which --where holds'}.`,
      );
    noteAge(answer.asOf, at, terminal);
    return noteCoverage(answer.coverage, false, terminal);
  } finally {
    await api.close();
  }
}

/** Resources a line each, page after page: however many there are, memory holds a page. */
async function streamed(api: ApiClient, query: Query, options: Options, terminal: Terminal): Promise<ExitCode> {
  let coverage: ListCoverage | null = null;
  const undecided = { count: 0, example: null as string | null };
  for await (const page of api.pages('resources', query, options.limit)) {
    for (const item of page.items) await terminal.write(`${jsonText(item)}\n`);
    undecided.count += page.coverage.undecided.count;
    undecided.example ??= page.coverage.undecided.example;
    coverage = { ...page.coverage, undecided };
    if (terminal.signal.aborted) break;
  }
  return coverage === null ? exitCodes.good : noteCoverage(coverage, false, terminal);
}

function row(item: ResourceItem): readonly string[] {
  const { kind, file, line } = item;
  return [displayName(item), kind, file === null ? '' : `${file}:${line ?? 1}`];
}

async function listTypes(
  api: ApiClient,
  at: string | undefined,
  options: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  const answer = await api.list('types', { at }, options.limit);
  await printList(terminal, options.output, answer, () => {
    const rows = answer.items.map(({ source, type, resources }) => [source, type, String(resources)]);
    return tableText({ titles: ['SOURCE', 'TYPE', 'RESOURCES'], rows }, terminal.paint, terminal.width);
  });
  return noteCoverage(answer.coverage, false, terminal);
}

/** The whole name of a type: `pod` is `core/pods`. @throws PlimsollError PLM1005 for a type that exists nowhere */
async function typeOf(word: string, api: ApiClient, { say }: Terminal): Promise<string> {
  const { type, others } = await api.typeNamed(word);
  if (others.length > 0) say(`${word} is ${type} here; it may mean ${others.join(', ')} as well.`);
  return type;
}
