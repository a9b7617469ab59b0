import type { Core } from '../core.ts';
import { type CostedCall, WALK, intLiteral } from './kubernetes-calls.ts';
import { type CallCost, type CostNode, type SizeAt, sizeOf } from './node.ts';
import { MOST, type Range, add, fixed, multiply, scale } from './range.ts';

const CREATE_LIST = 10;

/** A call that makes a list of that size. */
function makingList(factor: number, size: Range): CallCost {
  return { cost: add(scale(size, factor), fixed(1), fixed(CREATE_LIST)), size };
}

function intValue(core: Core | null, otherwise: bigint): bigint {
  if (core?.kind !== 'literal' || core.value.type !== 'int') return otherwise;
  return core.value.value < 0n ? 0n : (intLiteral(core) ?? otherwise);
}

function membership(factor: number, [left, right]: readonly CostNode[], sizeAt: SizeAt): CallCost | null {
  if (left === undefined || right === undefined) return null;
  const compared = multiply(sizeOf(left, sizeAt), sizeOf(right, sizeAt));
  return { cost: add(scale(compared, factor), fixed(1)), size: null };
}

function sorting(node: CostNode, overload: string, sizeAt: SizeAt): CallCost {
  const size = sizeOf(node, sizeAt);
  const walked = /^list_(?:string|bytes)_/.test(overload);
  return makingList(2 + (walked ? WALK : 0), multiply(size, size));
}

/** What cel-go's own libraries say that a call costs (ext/lists.go version 3, ext/sets.go); null where they say nothing. */
export function extensionCallCost(call: CostedCall, sizeAt: SizeAt): CallCost | null {
  const { overload, target, args } = call;
  switch (overload) {
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
      return membership(1, args, sizeAt);
    case 'list_sets_equivalent_list':
      return membership(2, args, sizeAt);
    case 'lists_range':
      return makingList(1, fixed(intValue(args[0]?.core ?? null, MOST)));
    default:
      return target === null ? null : listCallCost(call, target, sizeAt);
  }
}

function listCallCost({ overload, args }: CostedCall, target: CostNode, sizeAt: SizeAt): CallCost | null {
  const [first, second] = args;
  switch (overload) {
    case 'list_slice': {
      const end = intValue(second?.core ?? null, sizeOf(target, sizeAt).max);
      // Go's subtraction wraps where the end stands before the start.
      return makingList(1, fixed(BigInt.asUintN(64, end - intValue(first?.core ?? null, 0n))));
    }
    case 'list_reverse':
    case 'list_flatten':
      return makingList(1, sizeOf(target, sizeAt));
    case 'list_flatten_int':
      return makingList(Number(intValue(first?.core ?? null, MOST)), sizeOf(target, sizeAt));
    case 'list_distinct': {
      const size = sizeOf(target, sizeAt);
      return makingList(2, multiply(size, size));
    }
    default:
      if (overload.endsWith('_sort')) return sorting(target, overload, sizeAt);
      return overload.endsWith('_sortByAssociatedKeys') && first !== undefined
        ? sorting(first, overload, sizeAt)
        : null;
  }
}
