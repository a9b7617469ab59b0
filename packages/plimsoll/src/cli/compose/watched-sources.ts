import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../model/problem.ts';
import { IdentityClaims } from '../../sources/identity-claims.ts';
import type { KubernetesEntry } from '../../sources/kubernetes/index.ts';
import { sourceKinds } from '../../sources/registry.ts';
import type { SharedSources, Source } from '../../sources/source.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { noArrivals } from './run-sources.ts';
import { storePath } from './store-path.ts';

/** What `up` watches. */
export interface Watched {
  readonly sources: readonly Source[];
  /** Sources that come meanwhile, and why something that came is none. */
  readonly arrivals: (signal: AbortSignal) => AsyncIterable<Source | Problem>;
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

/** How long the current context may take to answer before the demo fleet is shown instead. */
const patienceMilliseconds = 5000;

/**
 * What to watch: the TARGETs, else the contexts named, else the current context, else the
 * demo fleet.
 *
 * @throws PlimsollError PLM1005 for a TARGET that is not there, PLM1401 and PLM1402 for kubeconfigs and contexts
 */
export async function watchedSources(
  targets: readonly string[],
  options: Options,
  { environment }: Terminal,
): Promise<Watched> {
  const shared: SharedSources = { claims: new IdentityClaims() };
  const { files, kubernetes } = sourceKinds;
  const store = storePath(options.store, environment);
  const inFiles = async (path: string[]) => {
    const sources = await files.open({ path }, shared);
    return { sources, arrivals: (signal: AbortSignal) => files.arrivals?.({ path }, sources, signal) ?? noArrivals() };
  };
  if (options.demo) return { ...(await inFiles([demoFolder])), store: ':memory:', said: [] };
  if (targets.length > 0) return { ...(await inFiles([...targets])), store, said: [] };

  const { kubeconfig } = options;
  const asked = { withSecrets: options['with-secrets'], ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  const open = async (entries: readonly KubernetesEntry[]) => ({
    sources: (await Promise.all(entries.map((entry) => kubernetes.open(entry, shared)))).flat(),
    arrivals: noArrivals,
  });
  const named = [...new Set(options.context)].map((context) => ({ ...asked, context }));
  if (named.length > 0) return { ...(await open(named)), store, said: [] };
  const { current, all } = await kubernetes.offered(asked);
  if (options['all-contexts'] && all.length > 0) return { ...(await open(all)), store, said: [] };
  const silence = current === null ? null : await kubernetes.silence(current, patienceMilliseconds);
  if (current !== null && silence === null) return { ...(await open([current])), store, said: [] };
  const why =
    current === null
      ? 'There is no kubeconfig with a current context'
      : `The cluster ${current.context} does not answer (${silence})`;
  return {
    ...(await inFiles([demoFolder])),
    store: ':memory:',
    said: [`${why}: showing the demo fleet, six clusters as files in examples/fleet. Edit one and watch.`],
  };
}
