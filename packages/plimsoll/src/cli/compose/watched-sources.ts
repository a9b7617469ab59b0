import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlimsollError } from '../../model/errors.ts';
import type { Source } from '../../sources/source.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { storePath } from './store-path.ts';

/** What `up` watches. */
export interface Watched {
  readonly sources: readonly Source[];
  /** The store file; `:memory:` for the demo fleet, so that nothing of it stays. */
  readonly store: string;
  /** What the user is told of the choice. */
  readonly said: readonly string[];
}

/** The demo fleet, as it lies in the repository; relative to the working folder, as a user would type it. */
export const demoFolder = relative(
  process.cwd(),
  fileURLToPath(new URL('../../../../../examples/fleet/', import.meta.url)),
);

/**
 * What to watch (interface.md, Two commands): the TARGETs, else the contexts named, else the current context, else the
 * demo fleet.
 *
 * @throws PlimsollError PLM1005 for a TARGET that is not there, PLM1401 and PLM1402 for kubeconfigs and contexts
 */
export async function watchedSources(
  targets: readonly string[],
  options: Options,
  { environment }: Terminal,
): Promise<Watched> {
  const { fileSources } = await import('../../sources/files/folder-source.ts');
  const store = storePath(options.store, environment);
  if (options.demo) return { sources: await fileSources([demoFolder]), store: ':memory:', said: [] };
  if (targets.length > 0) {
    const missing = targets.find((target) => !existsSync(target));
    if (missing !== undefined) throw new PlimsollError('PLM1005', `There is no file or folder ${missing}.`);
    return { sources: await fileSources(targets), store, said: [] };
  }
  const { clusterSources, contextsOf, silenceOf } = await import('./cluster-sources.ts');
  const contexts = contextsOf(options);
  const chosen = options.context.length > 0 || options['all-contexts'];
  const [first] = contexts ?? [];
  const silence =
    first === undefined ? 'there is no kubeconfig with a current context' : chosen ? null : await silenceOf(first);
  if (contexts !== null && silence === null) return { sources: clusterSources(contexts, options), store, said: [] };
  const why =
    first === undefined
      ? 'There is no kubeconfig with a current context'
      : `The cluster ${first.name} does not answer (${silence})`;
  return {
    sources: await fileSources([demoFolder]),
    store: ':memory:',
    said: [`${why}: showing the demo fleet, six clusters as files in examples/fleet. Edit one and watch.`],
  };
}
