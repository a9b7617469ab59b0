import { displayName } from '../../model/resource.ts';
import type { ResourceItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { printList } from '../output/print.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import type { ApiClient } from '../api/client.ts';

/** `plimsoll ls [TYPE]`: resources of a type, or the types that there are with their numbers. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const [word] = words;
    if (word === undefined && options.where === undefined) return await listTypes(api, options, terminal);
    const type = word === undefined ? undefined : await typeOf(word, api, terminal);
    const answer = await api.list('resources', { type, where: options.where }, options.limit);
    await printList(terminal, options.output, answer, () =>
      tableText({ titles: ['RESOURCE', 'KIND', 'PLACE'], rows: answer.items.map(row) }, terminal.paint, terminal.width),
    );
    if (answer.items.length === 0)
      terminal.say(
        `There is no ${type ?? 'resource'} in ${api.name}${options.where === undefined ? '' : ' for which --where holds'}.`,
      );
    return noteCoverage(answer.coverage, false, terminal);
  } finally {
    await api.close();
  }
}

function row(item: ResourceItem): readonly string[] {
  const { kind, file, line } = item;
  return [displayName(item), kind, file === null ? '' : `${file}:${line ?? 1}`];
}

async function listTypes(api: ApiClient, options: Options, terminal: Terminal): Promise<ExitCode> {
  const answer = await api.list('types', {}, options.limit);
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
