import { CelError } from '../errors.ts';
import { Ip, isMapped, parseAddress } from './ip.ts';
import { LibraryValue } from './library-value.ts';

/** An address with a prefix length; bits beyond the prefix are kept (Go netip.Prefix). */
export class Cidr extends LibraryValue {
  readonly address: Ip;
  readonly prefixLength: number;

  constructor(address: Ip, prefixLength: number) {
    super();
    this.address = address;
    this.prefixLength = prefixLength;
  }

  override get type(): string {
    return 'net.CIDR';
  }

  /** @throws {CelError} as Kubernetes refuses it (pkg/cel/library/cidr.go), IPv4-mapped addresses too. */
  static parse(text: string): Cidr {
    const slash = text.lastIndexOf('/');
    const address = slash === -1 ? null : parseAddress(text.slice(0, slash));
    const length = text.slice(slash + 1);
    if (address === null || !/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > address.width)
      throw new CelError(`network address parse error during conversion from string: ${JSON.stringify(text)}`);
    if (isMapped(address)) throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
    return new Cidr(address, Number(length));
  }

  override equals(other: Cidr): boolean {
    return this.prefixLength === other.prefixLength && this.address.equals(other.address);
  }

  containsIp(ip: Ip): boolean {
    return ip.width === this.address.width && this.#network(ip) === this.#network(this.address);
  }

  containsCidr(other: Cidr): boolean {
    return this.prefixLength <= other.prefixLength && this.containsIp(other.address);
  }

  /** With the bits beyond the prefix cleared. */
  masked(): Cidr {
    const free = BigInt(this.address.width - this.prefixLength);
    return new Cidr(new Ip((this.address.bits >> free) << free, this.address.width), this.prefixLength);
  }

  #network(ip: Ip): bigint {
    return ip.bits >> BigInt(ip.width - this.prefixLength);
  }

  override toString(): string {
    return `${this.address.toString()}/${this.prefixLength}`;
  }
}
