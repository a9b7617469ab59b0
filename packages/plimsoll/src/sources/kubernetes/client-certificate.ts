import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { ApiFailure } from './failure.ts';

/**
 * Throws {@link ApiFailure} of kind `credentials` where a client certificate and its key (PEM) are not a pair: one of
 * them is missing, cannot be read, or belongs to something else. The TLS library would say so as a broken connection.
 */
export function checkPair(certificate: string | null, key: string | null): void {
  if (certificate === null && key === null) return;
  if (certificate === null) throw unusable('there is a client key without a client certificate');
  if (key === null) throw unusable('there is a client certificate without its client key');
  const held = keyOf(key);
  if (!certificateOf(certificate).checkPrivateKey(held)) {
    throw unusable('the client key is not the key of the client certificate');
  }
}

/**
 * What to add where the server refused this certificate: whom it names, and until when it is good. The server's clock
 * decides whether it is over; `now` (milliseconds since 1970) only chooses the words.
 */
export function certificateNote(certificate: string, now: number): string {
  const { subject, validFromDate, validToDate } = certificateOf(certificate);
  const who = `the client certificate of ${subject.split('\n').join(', ')}`;
  if (validToDate.getTime() <= now) return `${who} ended on ${validToDate.toISOString()}`;
  if (validFromDate.getTime() > now) return `${who} begins on ${validFromDate.toISOString()}`;
  return `${who} is good until ${validToDate.toISOString()}, and the server does not know who signed it`;
}

function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw unusable('the client certificate is no certificate (PEM)', error);
  }
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw unusable('the client key is no private key (PEM, without a passphrase)', error);
  }
}

function unusable(why: string, cause?: unknown): ApiFailure {
  return new ApiFailure('credentials', why, { cause });
}
