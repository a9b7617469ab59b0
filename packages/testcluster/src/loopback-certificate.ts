import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A server's identity on loopback, as PEM; the certificate is its own authority. */
export interface LoopbackCertificate {
  readonly certificate: string;
  readonly key: string;
}

const oids = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  basicConstraints: '0603551d13',
  subjectAltName: '0603551d11',
} as const;

/**
 * Makes a self-signed certificate for 127.0.0.1, ::1 and localhost, good for a day (RFC 5280, ECDSA P-256). Node has no
 * call that makes one, and the openssl program is not everywhere.
 */
export function loopbackCertificate(now: number): LoopbackCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(oid('ecdsaWithSha256')),
    name('plimsoll-scripted-proxy'),
    sequence(utcTime(now - day), utcTime(now + day)),
    name('plimsoll-scripted-proxy'),
    publicKeyInfo(publicKey),
    der(0xa3, sequence(extension('basicConstraints', sequence(der(0x01, Buffer.from([0xff])))), alternativeNames())),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, sequence(oid('ecdsaWithSha256')), bitString(signature));
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** One DER value (ITU-T X.690): tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes);
const oid = (which: keyof typeof oids): Buffer => Buffer.from(oids[which], 'hex');

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('commonName'), der(0x0c, Buffer.from(commonName)))));
}

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function extension(which: 'basicConstraints' | 'subjectAltName', value: Buffer): Buffer {
  return sequence(oid(which), der(0x04, value));
}

function alternativeNames(): Buffer {
  const ipv6Loopback = Buffer.alloc(16);
  ipv6Loopback[15] = 1;
  const names = [der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])), der(0x87, ipv6Loopback)];
  return extension('subjectAltName', sequence(...names));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
