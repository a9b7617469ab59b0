import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceKinds } from '../../sources/registry.ts';
import type { KubernetesEntry } from '../../sources/kubernetes/index.ts';
import type { Configuration, SourceEntry } from '../configuration/configuration.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { storePath } from './store-path.ts';

/** What `up` watches. */
export interface ToWatch {
  readonly entries: readonly SourceEntry[];
  /** The configuration that the entries are those of; null where they come from elsewhere. */
  readonly configuration: Configuration | null;
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
 * What to watch: the TARGETs, else the contexts named, else what the configuration lists, else the current context, else
 * the demo fleet. Asks no cluster but that of the current context, which nobody named.
 *
 * @throws PlimsollError PLM1401 for a kubeconfig
 */
export async function whatToWatch(
  targets: readonly string[],
  options: Options,
  configuration: Configuration | null,
  { environment, progress }: Pick<Terminal, 'environment' | 'progress'>,
): Promise<ToWatch> {
  const store = storePath(options.store, environment);
  const watch = (entries: readonly SourceEntry[]): ToWatch => ({ entries, configuration: null, store, said: [] });
  if (options.demo) return { ...watch([inFiles([demoFolder])]), store: ':memory:' };
  if (targets.length > 0) return watch([inFiles(targets)]);

  const named = namedEntries(options, configuration);
  if (named !== null) return { ...watch(named.entries), configuration: named.configuration };
  const { current, all } = await sourceKinds.kubernetes.offered(clusterDefaults(options));
  if (options['all-contexts'] && all.length > 0) return watch(all.map(inCluster));
  progress('Asking the cluster');
  const silence = current === null ? null : await sourceKinds.kubernetes.silence(current, patienceMilliseconds);
  if (current !== null && silence === null) return watch([inCluster(current)]);
  const why =
    current === null
      ? 'There is no kubeconfig with a current context'
      : `The cluster ${current.context} does not answer (${silence})`;
  return {
    ...watch([inFiles([demoFolder])]),
    store: ':memory:',
    said: [`${why}: showing the demo fleet, six clusters as files in examples/fleet. Edit one and watch.`],
  };
}

/**
 * The entries that somebody named, on the command line or in the configuration; null where nobody did. They are those of
 * the configuration where `configuration` is not null.
 */
export function namedEntries(
  options: Options,
  configuration: Configuration | null,
): Pick<ToWatch, 'entries' | 'configuration'> | null {
  const defaults = clusterDefaults(options);
  const named = [...new Set(options.context)].map((context) => inCluster({ ...defaults, context }));
  if (named.length > 0) return { entries: named, configuration: null };
  const listed = configuration?.sources ?? [];
  if (listed.length === 0 || options['all-contexts']) return null;
  return { entries: listed.map((entry) => withDefaults(entry, defaults)), configuration };
}

/** What the options say of every cluster. */
export function clusterDefaults({ kubeconfig, 'with-secrets': withSecrets }: Options): KubernetesEntry {
  return { withSecrets, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
}

function inFiles(path: readonly string[]): SourceEntry {
  return { kind: 'files', options: { path: [...path] } };
}

function inCluster(options: KubernetesEntry): SourceEntry {
  return { kind: 'kubernetes', options };
}

/** What the options say of every cluster, where its entry says nothing. */
function withDefaults(entry: SourceEntry, defaults: KubernetesEntry): SourceEntry {
  return entry.kind === 'kubernetes' ? inCluster({ ...defaults, ...entry.options }) : entry;
}
