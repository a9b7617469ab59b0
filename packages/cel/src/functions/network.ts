import { Cidr } from '../values/cidr.ts';
import { noSuchOverload } from '../values/fault.ts';
import { Ip } from '../values/ip.ts';
import type { Value } from '../values/value.ts';
import { sizeOf, walk, walksArgument } from './cost.ts';
import { memberOf, ofText, parses } from './define.ts';
import type { CelFunction, Cost, CostFor } from './function.ts';

const toText = (kind: typeof Ip | typeof Cidr): CelFunction => ({
  name: 'string',
  style: 'global',
  arity: [1],
  accepts: (value) => value instanceof kind,
  apply: (value) => (value instanceof kind ? value.toString() : noSuchOverload()),
});

/** Kubernetes' IP addresses (pkg/cel/library/ip.go). */
export const ipFunctions = (): readonly CelFunction[] => [
  ofText('ip', (text) => Ip.parse(text), walksArgument()),
  ofText('isIP', (text) => parses(() => Ip.parse(text)), walksArgument()),
  ofText('ip.isCanonical', (text) => Ip.parse(text).toString() === text, walksArgument(0, 2)),
  memberOf(Ip, 'family', 0, (ip) => ip.family),
  memberOf(Ip, 'isUnspecified', 0, (ip) => ip.isUnspecified),
  memberOf(Ip, 'isLoopback', 0, (ip) => ip.isLoopback),
  memberOf(Ip, 'isLinkLocalMulticast', 0, (ip) => ip.isLinkLocalMulticast),
  memberOf(Ip, 'isLinkLocalUnicast', 0, (ip) => ip.isLinkLocalUnicast),
  memberOf(Ip, 'isGlobalUnicast', 0, (ip) => ip.isGlobalUnicast),
  toText(Ip),
];

/** Twice the prefix, since both addresses are compared that far. */
const compares = (cidr: Value | undefined): number => walk(2 * sizeOf(cidr));

/** What is known to be text is parsed first, and charged for that. */
const parsing =
  (cost: Cost): CostFor =>
  (overload) =>
    overload?.endsWith('_string') === true ? (args) => cost(args) + walk(sizeOf(args[1])) : cost;

const containsIpCost: Cost = ([cidr]) => compares(cidr);
const containsCidrCost: Cost = ([cidr]) => compares(cidr) + walk(sizeOf(cidr)) + 1;

/** Kubernetes' CIDR ranges (pkg/cel/library/cidr.go). */
export const cidrFunctions = (): readonly CelFunction[] => [
  ofText('cidr', (text) => Cidr.parse(text), walksArgument()),
  ofText('isCIDR', (text) => parses(() => Cidr.parse(text)), walksArgument()),
  {
    ...memberOf(Cidr, 'containsIP', 1, (cidr, other = null) => {
      const ip = typeof other === 'string' ? Ip.parse(other) : other;
      return ip instanceof Ip ? cidr.containsIp(ip) : noSuchOverload();
    }),
    costFor: parsing(containsIpCost),
  },
  {
    ...memberOf(Cidr, 'containsCIDR', 1, (cidr, other = null) => {
      const inner = typeof other === 'string' ? Cidr.parse(other) : other;
      return inner instanceof Cidr ? cidr.containsCidr(inner) : noSuchOverload();
    }),
    costFor: parsing(containsCidrCost),
  },
  memberOf(Cidr, 'ip', 0, (cidr) => cidr.address),
  memberOf(Cidr, 'prefixLength', 0, (cidr) => cidr.prefixLength),
  memberOf(Cidr, 'masked', 0, (cidr) => cidr.masked()),
  toText(Cidr),
];
