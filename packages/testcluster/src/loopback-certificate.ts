import { generateKeyPairSync } from 'node:crypto';
import { authorityExtension, type KeyedCertificate, keyText, loopbackExtension, signedCertificate } from './x509.ts';

/** Makes a self-signed certificate, its own authority, for 127.0.0.1, ::1 and localhost, good for a day. */
export function loopbackCertificate(now: number): KeyedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const subject = { commonName: 'plimsoll-scripted-proxy' };
  const certificate = signedCertificate(
    {
      subject,
      issuer: subject,
      from: now - day,
      until: now + day,
      publicKey,
      extensions: [authorityExtension(), loopbackExtension()],
    },
    privateKey,
  );
  return { certificate, key: keyText(privateKey) };
}
