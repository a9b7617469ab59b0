import { lazy } from '../../lazy.ts';
import type { Core } from '../core.ts';
import { type Type, sameType } from '../types/type.ts';
import { type CallCost, type CostNode, type SizeAt, sizeOf } from './node.ts';
import { MOST, type Range, add, fixed, multiply, scale } from './range.ts';

/** A string walked once (cel-go common/cost.go StringTraversalCostFactor). */
export const WALK = 0.1;
/** A pattern's character (the same, RegexStringLengthCostFactor). */
export const PATTERN = 0.25;
/** Longest regular expression of a named format (k8s.io/apiserver pkg/cel/limits.go). */
const MAX_FORMAT_PATTERN = 128;
const MAX_FORMAT_NAME = 64n;

/** A call as its cost is asked for. */
export interface CostedCall {
  readonly name: string;
  readonly overload: string;
  readonly target: CostNode | null;
  readonly args: readonly CostNode[];
}

type Estimate = (call: CostedCall, sizeAt: SizeAt) => CallCost | null;

/** Walking the first argument, the result as long as it where `sized`. */
const walkArgument =
  (factor: number, sized = false): Estimate =>
  ({ args: [first] }, sizeAt) => {
    if (first === undefined) return null;
    const size = sizeOf(first, sizeAt);
    return { cost: scale(size, factor), size: sized ? size : null };
  };

const walkTarget: Estimate = ({ target }, sizeAt) => {
  if (target === null) return null;
  const size = sizeOf(target, sizeAt);
  return { cost: scale(size, WALK), size };
};

/** What the elements of a list are; null where the target is none. */
function elementsOf(list: CostNode): CostNode | null {
  const [type] = list.type.params;
  if (type === undefined) return null;
  return { path: list.path.length === 0 ? [] : [...list.path, '@items'], type, core: null, size: null };
}

const compareElements: Estimate = ({ target }, sizeAt) => {
  if (target === null) return null;
  const size = sizeOf(target, sizeAt);
  const element = elementsOf(target);
  if (element === null) return { cost: scale(size, WALK), size: null };
  const walked = element.type.kind === 'string' || element.type.kind === 'bytes';
  const each = walked ? add(fixed(1), scale(sizeOf(element, sizeAt), WALK)) : fixed(1);
  return { cost: multiply(size, each), size: null };
};

const selector: Estimate = ({ args }, sizeAt) => {
  const [first] = args;
  return first === undefined || args.length !== 1 ? null : { cost: selectorCost(sizeOf(first, sizeAt)), size: null };
};

/** Parsing a selector walks it and allocates its requirements, at most one for each two characters. */
function selectorCost(size: Range): Range {
  return add(fixed(10), scale(size, WALK), scale(scale(size, 0.5), 50));
}

const replace: Estimate = ({ target, args: [from, to] }, sizeAt) => {
  if (target === null || from === undefined || to === undefined) return null;
  const size = sizeOf(target, sizeAt);
  const replaced = sizeOf(from, sizeAt);
  const replacement = sizeOf(to, sizeAt);
  const longest = longestReplacement(size, replaced, replacement);
  const shortest = shortestReplacement(size, replaced, replacement);
  const count = { min: shortest.count, max: longest.count };
  const kept = { min: shortest.kept, max: longest.kept };
  return { cost: scale(size, 2 * WALK), size: add(multiply(count, replacement), kept) };
};

interface Replacement {
  readonly count: bigint;
  readonly kept: bigint;
}

function longestReplacement(size: Range, replaced: Range, replacement: Range): Replacement {
  // An empty string is replaced around each character.
  if (replaced.min === 0n) return { count: size.max < MOST ? size.max + 1n : size.max, kept: size.max };
  if (replacement.max <= replaced.min) return { count: 0n, kept: size.max };
  return { count: quotient(size.max, replaced.min), kept: 0n };
}

function shortestReplacement(size: Range, replaced: Range, replacement: Range): Replacement {
  if (replaced.max === 0n) return { count: size.min < MOST ? size.min + 1n : size.min, kept: size.min };
  if (replaced.max <= replacement.min) return { count: 0n, kept: size.min };
  return { count: quotient(size.min, replaced.max), kept: 0n };
}

/** Divides as floating-point numbers do, rounding up; Go turns what does not fit into 2⁶³ on amd64. */
function quotient(a: bigint, b: bigint): bigint {
  const result = Math.ceil(Number(a) / Number(b));
  return result >= 2 ** 64 ? 2n ** 63n : BigInt(result);
}

const split: Estimate = ({ target, args }, sizeAt) => {
  if (target === null) return null;
  const size = sizeOf(target, sizeAt);
  const limit = args[1] === undefined ? null : intLiteral(args[1].core);
  return { cost: scale(size, 2 * WALK), size: { min: 0n, max: limit ?? size.max } };
};

/** An int that stands there, as Go's uint64. */
export function intLiteral(core: Core | null): bigint | null {
  return core?.kind === 'literal' && core.value.type === 'int' ? BigInt.asUintN(64, core.value.value) : null;
}

const join: Estimate = ({ target, args: [separator] }, sizeAt) => {
  if (target === null) return null;
  const count = sizeOf(target, sizeAt);
  const element = elementsOf(target);
  let size: Range = element === null ? fixed(0) : multiply(count, sizeOf(element, sizeAt));
  if (separator !== undefined) {
    const between = { min: count.min > 0n ? count.min - 1n : 0n, max: count.max > 0n ? count.max - 1n : 0n };
    size = add(size, multiply(sizeOf(separator, sizeAt), between));
  }
  return { cost: scale(size, WALK), size };
};

const find: Estimate = ({ target, args: [pattern] }, sizeAt) => {
  if (target === null || pattern === undefined) return null;
  const size = sizeOf(target, sizeAt);
  const walked = scale(add(size, fixed(1)), WALK);
  return { cost: multiply(walked, scale(sizeOf(pattern, sizeAt), PATTERN)), size: { min: 0n, max: size.max } };
};

/** Four or sixteen bytes of an address. */
const address: Range = { min: 4n, max: 16n };

const containsAddress: Estimate = ({ args: [first], overload }, sizeAt) => {
  if (first === undefined) return null;
  const compared = scale(add(address, address), WALK);
  const parsed = overload === 'cidr_contains_ip_string' ? scale(sizeOf(first, sizeAt), WALK) : fixed(0);
  return { cost: add(compared, parsed), size: null };
};

const containsRange: Estimate = ({ args: [first], overload }, sizeAt) => {
  if (first === undefined) return null;
  const compared = add(scale(add(address, address), WALK), scale(address, WALK), fixed(1));
  const parsed = overload === 'cidr_contains_cidr_string' ? scale(sizeOf(first, sizeAt), WALK) : fixed(0);
  return { cost: add(compared, parsed), size: null };
};

const validate: Estimate = ({ args: [first] }, sizeAt) => {
  if (first === undefined) return null;
  return { cost: scale(scale(sizeOf(first, sizeAt), WALK), MAX_FORMAT_PATTERN * PATTERN), size: null };
};

/** Comparing values of Kubernetes' own types; null leaves it to cel-go. */
const equality: Estimate = ({ args: [left, right] }) => {
  if (left === undefined || right === undefined || !sameType(withoutParams(left.type), withoutParams(right.type)))
    return null;
  if (left.type.kind === 'opaque') return ['net.IP', 'net.CIDR'].includes(left.type.name) ? nominalCost : null;
  if (left.type.kind !== 'struct') return null;
  if (constantEquality.has(left.type.name)) return nominalCost;
  if (left.type.name === 'kubernetes.NamedFormat')
    return { cost: scale({ min: 1n, max: MAX_FORMAT_NAME }, WALK), size: null };
  if (left.type.name !== 'kubernetes.URL') return null;
  const size = right.size ?? fixed(1);
  return { cost: scale({ min: 1n, max: size.max }, WALK), size: null };
};

const nominalCost: CallCost = { cost: /* @__PURE__ */ fixed(1), size: null };
const constantEquality: ReadonlySet<string> = new Set([
  'kubernetes.Quantity',
  'kubernetes.Semver',
  'kubernetes.authorization.Authorizer',
  'kubernetes.authorization.PathCheck',
  'kubernetes.authorization.GroupCheck',
  'kubernetes.authorization.ResourceCheck',
  'kubernetes.authorization.Decision',
]);

/** cel-go compares types by their names alone. */
function withoutParams(type: Type): Type {
  return type.params.length === 0 ? type : { ...type, params: [] };
}

function table(names: string, estimate: Estimate): (readonly [string, Estimate])[] {
  return names.split(' ').map((name) => [name, estimate] as const);
}

/** What costs one unit is left out: cel-go says the same of any call that it does not know. */
const byName = lazy(
  (): ReadonlyMap<string, Estimate> =>
    new Map([
      ...table('check', () => ({ cost: fixed(350_000), size: null })),
      ...table('fieldSelector labelSelector', selector),
      ...table('isSorted sum max min indexOf lastIndexOf', compareElements),
      ...table('url jsonpatch.escapeKey', walkArgument(WALK, true)),
      ...table('lowerAscii upperAscii substring trim', walkTarget),
      ...table('replace', replace),
      ...table('split', split),
      ...table('join', join),
      ...table('find findAll', find),
      ...table('cidr isIP isCIDR', walkArgument(WALK)),
      ...table('ip', (call, sizeAt) => (call.overload === 'cidr_ip' ? nominalCost : walkArgument(WALK)(call, sizeAt))),
      ...table('ip.isCanonical', walkArgument(2 * WALK)),
      ...table('containsIP', containsAddress),
      ...table('containsCIDR', containsRange),
      ...table('quantity isQuantity semver isSemver', walkArgument(WALK)),
      ...table('validate', validate),
      ...table('_==_', equality),
    ]),
);

/** What Kubernetes says that a call costs (k8s.io/apiserver pkg/cel/library/cost.go); null where it says nothing. */
export function kubernetesCallCost(call: CostedCall, sizeAt: SizeAt): CallCost | null {
  return byName().get(call.name)?.(call, sizeAt) ?? null;
}
