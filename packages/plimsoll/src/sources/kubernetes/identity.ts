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
