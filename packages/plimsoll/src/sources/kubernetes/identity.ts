import { createHash } from 'node:crypto';
import { member } from '../../model/json.ts';
import { ApiFailure } from './failure.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { Transport } from './transport.ts';

/**
 * Which cluster this is: `kube-system/UID`; where kube-system cannot be read `server/ADDRESS#CA` with the first 16 hex
 * digits of the certificate authority's SHA-256. Throws {@link ApiFailure} where the server does not answer.
 */
export async function readIdentity(transport: Transport, context: KubeContext, signal: AbortSignal): Promise<string> {
  try {
    const { value } = await transport.json('/api/v1/namespaces/kube-system', { signal });
    const uid = member(member(value, 'metadata'), 'uid');
    if (typeof uid === 'string' && uid !== '') return `kube-system/${uid}`;
    throw new ApiFailure('garbled', 'GET /api/v1/namespaces/kube-system: no namespace');
  } catch (error) {
    if (!(error instanceof ApiFailure) || (error.kind !== 'forbidden' && error.kind !== 'missing')) throw error;
    const { cluster } = context;
    const authority = cluster['certificate-authority-data'] ?? cluster['certificate-authority'] ?? '';
    return `server/${transport.origin}#${createHash('sha256').update(authority).digest('hex').slice(0, 16)}`;
  }
}

/**
 * Which source watches which cluster, for all sources of a process: two contexts that lead to one cluster are one
 * source. Give one to each `openKubernetes`.
 */
export class ClusterClaims {
  readonly #holders = new Map<string, string>();

  /** Claims a cluster for a source; gives the name of the source that already has it, or null. */
  claim(identity: string, source: string): string | null {
    const holder = this.#holders.get(identity);
    if (holder !== undefined && holder !== source) return holder;
    this.#holders.set(identity, source);
    return null;
  }

  /** Gives back all that a source claimed. */
  release(source: string): void {
    for (const [identity, holder] of this.#holders) if (holder === source) this.#holders.delete(identity);
  }
}
