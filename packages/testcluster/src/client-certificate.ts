import { generateKeyPairSync } from 'node:crypto';
import {
  authorityExtension,
  clientExtension,
  type KeyedCertificate,
  keyOf,
  keyText,
  signedCertificate,
} from './x509.ts';

const day = 86_400_000;
const issuer = { commonName: 'plimsoll-testcluster-clients' };

/** Makes an authority for client certificates, good for ten days around `now` (milliseconds since 1970). */
export function clientAuthority(now: number): KeyedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [authorityExtension()];
  const plan = { subject: issuer, issuer, from: now - 5 * day, until: now + 5 * day, publicKey, extensions };
  return { certificate: signedCertificate(plan, privateKey), key: keyText(privateKey) };
}

/** Whom a client certificate names, and until when it is good (milliseconds since 1970; left out: for a day). */
export interface ClientIdentity {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly until?: number;
}

/**
 * Issues a client certificate: the API server takes its common name for the user and its organizations for the groups
 * (Kubernetes' documentation, "Authenticating", X.509 client certificates).
 */
export function clientCertificate(
  authority: KeyedCertificate,
  { user, groups = [], until }: ClientIdentity,
  now: number,
): KeyedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = signedCertificate(
    {
      subject: { commonName: user, organizations: groups },
      issuer,
      from: now - 2 * day,
      until: until ?? now + day,
      publicKey,
      extensions: [clientExtension()],
    },
    keyOf(authority),
  );
  return { certificate, key: keyText(privateKey) };
}
