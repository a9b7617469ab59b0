import { CelError } from '../errors.ts';
import { LibraryValue } from './library-value.ts';

const V4_BITS = 32;
const V6_BITS = 128;
const GROUPS = 8;

/** An IP address without zone (Go net/netip). */
export class Ip extends LibraryValue {
  readonly bits: bigint;
  readonly width: 32 | 128;

  constructor(bits: bigint, width: 32 | 128) {
    super();
    this.bits = bits;
    this.width = width;
  }

  override get type(): string {
    return 'net.IP';
  }

  /** @throws {CelError} at what Kubernetes refuses: zones and IPv4-mapped addresses too (pkg/cel/library/ip.go). */
  static parse(text: string): Ip {
    const address = parseAddress(text);
    if (address === null)
      throw new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
    if (isMapped(address)) throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
    return address;
  }

  get family(): 4 | 6 {
    return this.width === V4_BITS ? 4 : 6;
  }

  override equals(other: Ip): boolean {
    return this.bits === other.bits && this.width === other.width;
  }

  get isUnspecified(): boolean {
    return this.bits === 0n;
  }

  get isLoopback(): boolean {
    return this.width === V4_BITS ? this.#begins(127n, 8) : this.bits === 1n;
  }

  get isLinkLocalMulticast(): boolean {
    // netip masks the flags of ff02::, so that ff12:: and its kin count.
    return this.width === V4_BITS ? this.#begins(0xe0_0000n, 24) : ((this.bits >> 112n) & 0xff0fn) === 0xff02n;
  }

  get isLinkLocalUnicast(): boolean {
    return this.width === V4_BITS ? this.#begins(0xa9fen, 16) : this.#begins(0x3fan, 10);
  }

  get isGlobalUnicast(): boolean {
    if (this.width === V4_BITS && this.bits === 0xffff_ffffn) return false;
    const multicast = this.width === V4_BITS ? this.#begins(0xen, 4) : this.#begins(0xffn, 8);
    return !this.isUnspecified && !this.isLoopback && !multicast && !this.isLinkLocalUnicast;
  }

  #begins(prefix: bigint, length: number): boolean {
    return this.bits >> BigInt(this.width - length) === prefix;
  }

  /** The canonical form (RFC 5952): the longest run of zero groups is `::`. */
  override toString(): string {
    if (this.width === V4_BITS) return [24n, 16n, 8n, 0n].map((shift) => (this.bits >> shift) & 0xffn).join('.');
    const groups = Array.from({ length: GROUPS }, (_, i) =>
      ((this.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
    );
    let best = { start: 0, length: 1 };
    for (let start = 0; start < GROUPS; start += 1) {
      let end = start;
      while (groups[end] === '0') end += 1;
      if (end - start > best.length) best = { start, length: end - start };
    }
    if (best.length < 2) return groups.join(':');
    return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
  }
}

/** `::ffff:1.2.3.4`. */
export function isMapped(address: Ip): boolean {
  return address.width === V6_BITS && address.bits >> 32n === 0xffffn;
}

/** netip.ParseAddr; null for what is no address, and for one with a zone. */
export function parseAddress(text: string): Ip | null {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === '.') {
    const bits = parseV4(text);
    return bits === null ? null : new Ip(bits, V4_BITS);
  }
  return first === ':' ? parseV6(text) : null;
}

function parseV4(text: string): bigint | null {
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) return null;
  const fields = text.split('.').map(Number);
  return fields.every((field) => field <= 255)
    ? fields.reduce((bits, field) => (bits << 8n) | BigInt(field), 0n)
    : null;
}

function parseV6(text: string): Ip | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === GROUPS ? fromGroups(head) : null;
  const missing = GROUPS - head.length - tail.length;
  return missing < 1 ? null : fromGroups([...head, ...Array.from({ length: missing }, () => 0), ...tail]);
}

/** The 16-bit groups of one side of `::`; the last may be an IPv4 address, which makes two. */
function groupsOf(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = last && i === parts.length - 1 && part.includes('.') ? parseV4(part) : null;
    if (v4 === null) return null;
    groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
  }
  return groups;
}

function fromGroups(groups: readonly number[]): Ip {
  return new Ip(
    groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n),
    V6_BITS,
  );
}
