import { PlimsollError } from '../../model/errors.ts';
import { sourceKinds } from '../../sources/registry.ts';
import { initialConfiguration } from '../configuration/initial.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { writeNew } from '../output/new-file.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll init`: writes a configuration to begin with, and nothing over another. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const file = options.config ?? 'plimsoll.yaml';
  const { kubeconfig } = options;
  const { current, all } = await sourceKinds.kubernetes.offered(kubeconfig === undefined ? {} : { kubeconfig });
  const contexts = all.flatMap(({ context }) => context ?? []);
  const missing = options.context.find((name) => !contexts.includes(name));
  if (missing !== undefined)
    throw new PlimsollError('PLM1402', `no context named "${missing}"; there are: ${contexts.join(', ') || 'none'}`);
  const named = options['all-contexts'] ? contexts : options.context;
  const watched = named.length > 0 ? named : current?.context === undefined ? [] : [current.context];
  await writeNew(file, initialConfiguration({ file, contexts, watched, kubeconfig }));
  const what = watched.length === 0 ? 'no context was found: put your sources in' : `it watches ${watched.join(', ')}`;
  terminal.say(`Wrote ${file}; ${what}.`);
  const npx = terminal.program === 'plimsoll' ? 'npx plimsoll' : terminal.program;
  const asking = options.config === undefined ? '' : ` --config ${file}`;
  terminal.say(`Next: ${npx} doctor${asking} (can it be watched?), then ${npx} up${asking}.`);
  return exitCodes.good;
}
