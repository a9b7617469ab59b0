import { type KeyObject, createPrivateKey, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, as PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a distinguished name says: RFC 5280's common name and organizations, which Kubernetes reads as user and groups. */
interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

/** What to sign: for whom, by whom, when it is good (milliseconds since 1970), and its extensions, as DER. */
export interface CertificatePlan {
  readonly subject: Subject;
  readonly issuer: Subject;
  readonly from: number;
  readonly until: number;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

const oids = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  organization: '060355040a',
  basicConstraints: '0603551d13',
  subjectAltName: '0603551d11',
  extendedKeyUsage: '0603551d25',
  clientAuth: '06082b06010505070302',
} as const;

/**
 * Makes and signs a certificate (RFC 5280, ECDSA P-256), as PEM. Node has no call that makes one, and the openssl
 * program is not everywhere. `signer`: the issuer's private key.
 */
export function signedCertificate(plan: CertificatePlan, signer: KeyObject): string {
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(oid('ecdsaWithSha256')),
    name(plan.issuer),
    sequence(utcTime(plan.from), utcTime(plan.until)),
    name(plan.subject),
    plan.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...plan.extensions)),
  );
  const signature = sign('sha256', body, signer);
  return pem('CERTIFICATE', sequence(body, sequence(oid('ecdsaWithSha256')), bitString(signature)));
}

/** The key as PEM (PKCS #8). */
export function keyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The key that {@link keyText} wrote. */
export function keyOf({ key }: KeyedCertificate): KeyObject {
  return createPrivateKey(key);
}

/** Says that the certificate may sign others. */
export function authorityExtension(): Buffer {
  return extension('basicConstraints', sequence(der(0x01, Buffer.from([0xff]))));
}

/** Says that the certificate is for clients alone. */
export function clientExtension(): Buffer {
  return extension('extendedKeyUsage', sequence(oid('clientAuth')));
}

/** Says that the certificate is for this machine's loopback names. */
export function loopbackExtension(): Buffer {
  const ipv6Loopback = Buffer.alloc(16);
  ipv6Loopback[15] = 1;
  const names = [der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])), der(0x87, ipv6Loopback)];
  return extension('subjectAltName', sequence(...names));
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

function name({ commonName, organizations = [] }: Subject): Buffer {
  const part = (which: 'commonName' | 'organization', text: string): Buffer =>
    der(0x31, sequence(oid(which), der(0x0c, Buffer.from(text))));
  return sequence(...organizations.map((text) => part('organization', text)), part('commonName', commonName));
}

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function extension(which: 'basicConstraints' | 'subjectAltName' | 'extendedKeyUsage', value: Buffer): Buffer {
  return sequence(oid(which), der(0x04, value));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
