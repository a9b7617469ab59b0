import type { FleetChange, OpenedEntries } from '../compose/source-fleet.ts';
import type { ToWatch } from '../compose/what-to-watch.ts';
import type { ProgramName } from '../program.ts';
import type { Settings } from '../configuration/settings.ts';

/** What `up` says once it serves: what is watched, by how many guardrails, and where to look. */
export function whereToLook(
  url: string,
  { members }: OpenedEntries,
  { store }: ToWatch,
  guardrails: number,
  asking: string,
  program: ProgramName,
): readonly string[] {
  const names = members.flatMap(({ sources }) => sources.map(({ name }) => name));
  const kept = store === ':memory:' ? '; in memory' : `; store ${store}`;
  // As the README has it: installed nowhere, npx finds it.
  const command = program === 'plimsoll' ? 'npx plimsoll' : program;
  return [
    `Watching ${names.join(', ')}; ${guardrails} guardrails${kept}.`,
    `API ${url} (${url}/openapi.json). In another terminal:`,
    `  ${command} findings${asking}`,
    `  ${command} watch${asking}`,
  ];
}

/** What leads another command to the store: nothing where it finds it by itself. */
export function storeWords({ options, configuration }: Settings): string {
  if (options.store === undefined) return '';
  if (configuration?.options.get('store') !== options.store) return ` --store ${options.store}`;
  return options.config === undefined ? '' : ` --config ${options.config}`;
}

/** What a reload changed, in words; empty for nothing. `before`, `after`: the names of the guardrails. */
export function changesText(
  { came, went, anew }: FleetChange,
  before: readonly string[],
  after: readonly string[],
): string {
  const list = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`]);
  return [
    ...list('watching', came),
    ...list('watching anew', anew),
    ...list('no longer watching', went),
    ...list(
      'new guardrails',
      after.filter((name) => !before.includes(name)),
    ),
    ...list(
      'guardrails gone',
      before.filter((name) => !after.includes(name)),
    ),
  ].join('; ');
}
