import { createHash } from 'node:crypto';
import { member } from '../../model/json.ts';
import { ApiFailure } from './failure.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { Transport } from './transport.ts';

/** Where this cluster answers: `server/ADDRESS#CA` with the first 16 hex digits of the certificate authority's SHA-256. */
export function addressIdentity(transport: Transport, { cluster }: KubeContext): string {
  const authority = cluster['certificate-authority-data'] ?? cluster['certificate-authority'] ?? '';
  return `server/${transport.address}#${createHash('sha256').update(authority).digest('hex').slice(0, 16)}`;
}

/**
 * Which cluster this is: `kube-system/UID`; where kube-system cannot be read its {@link addressIdentity}. Throws
 * {@link ApiFailure} where the server does not answer.
 */
export async function readIdentity(transport: Transport, context: KubeContext, signal: AbortSignal): Promise<string> {
  try {
    const { value } = await transport.json('/api/v1/namespaces/kube-system', { signal });
    const uid = member(member(value, 'metadata'), 'uid');
    if (typeof uid === 'string' && uid !== '') return `kube-system/${uid}`;
    throw new ApiFailure('garbled', 'GET /api/v1/namespaces/kube-system: no namespace');
  } catch (error) {
    if (!(error instanceof ApiFailure) || (error.kind !== 'forbidden' && error.kind !== 'missing')) throw error;
    return addressIdentity(transport, context);
  }
}

/** The identity of who answers now, after what was known before. */
export interface Recognised {
  readonly identity: string;
  /** Proven to be another cluster than before. */
  readonly isAnother: boolean;
  /** Neither proven to be the same nor another: what is held is listed and compared. */
  readonly isUnproven: boolean;
}

/**
 * Whether `found` proves another cluster than `before`, or the same: UIDs alone prove either. Another cluster may answer
 * at the same address, and the same one at another; the right to read kube-system comes and goes. A UID is kept, or
 * taken over, as the better one.
 */
export function recognise(before: string | null, found: string): Recognised {
  const isUid = (identity: string): boolean => identity.startsWith('kube-system/');
  if (before === null) return { identity: found, isAnother: false, isUnproven: false };
  if (isUid(before) && isUid(found)) return { identity: found, isAnother: before !== found, isUnproven: false };
  return { identity: isUid(before) ? before : found, isAnother: false, isUnproven: true };
}
