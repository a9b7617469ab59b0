import { ClusterClaims } from '../../sources/kubernetes/identity.ts';
import { readKubeconfig, resolveContext, type KubeContext } from '../../sources/kubernetes/kubeconfig.ts';
import { ApiFailure } from '../../sources/kubernetes/failure.ts';
import { KubernetesSource } from '../../sources/kubernetes/kubernetes-source.ts';
import { Transport } from '../../sources/kubernetes/transport.ts';
import type { Source } from '../../sources/source.ts';
import type { Options } from '../option-table.ts';

/** How long the current context may take to answer before the demo fleet is shown instead (interface.md). */
const patienceMilliseconds = 5000;

/** What `up` was asked to watch. */
type Asked = Pick<Options, 'context' | 'all-contexts' | 'kubeconfig' | 'with-secrets'>;

/**
 * The contexts that `up` watches: those named, all, or the current one; null where there is no kubeconfig or it has no
 * current context.
 *
 * @throws PlimsollError PLM1401 for a kubeconfig that cannot be read, PLM1402 for a context that is not there
 */
export function contextsOf(asked: Asked): readonly KubeContext[] | null {
  const config = readKubeconfig(asked.kubeconfig);
  if (asked.context.length > 0) return [...new Set(asked.context)].map((name) => resolveContext(config, name));
  if (config === null) return null;
  if (asked['all-contexts']) return [...config.contexts.keys()].map((name) => resolveContext(config, name));
  return config.currentContext === null ? null : [resolveContext(config, config.currentContext)];
}

/** One source for each context; two that lead to one cluster become one when they connect. */
export function clusterSources(contexts: readonly KubeContext[], asked: Asked): readonly Source[] {
  const claims = new ClusterClaims();
  const { kubeconfig } = asked;
  return contexts.map(
    ({ name }) =>
      new KubernetesSource({
        name,
        context: name,
        claims,
        withSecrets: asked['with-secrets'],
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
      }),
  );
}

/** Why a cluster does not answer within 5 s; null where it does, be it with a refusal. */
export async function silenceOf(context: KubeContext): Promise<string | null> {
  const transport = new Transport(context, patienceMilliseconds);
  const signal = AbortSignal.timeout(patienceMilliseconds);
  try {
    const { body } = await transport.get('/version', { signal });
    await body.dump();
    return null;
  } catch (error) {
    if (signal.aborted) return `no answer within ${patienceMilliseconds / 1000} s`;
    if (!(error instanceof ApiFailure)) throw error;
    return error.status === null ? error.message : null;
  } finally {
    await transport.close();
  }
}
