import { type CostedCall, PATTERN, WALK } from './kubernetes-calls.ts';
import type { CallCost, CostNode } from './node.ts';
import { type Range, add, capped, fixed, multiply, scale, union, unknownRange } from './range.ts';

function known(node: CostNode | undefined): Range {
  return node?.size ?? unknownRange;
}

/** What cel-go itself says that a call costs, its arguments included (checker/cost.go functionCost). */
export function builtinCallCost(call: CostedCall, costs: readonly Range[]): CallCost {
  const args = add(...costs);
  const found = ownCost(call, costs);
  if (found === null) return { cost: add(fixed(1), args), size: null };
  return found.whole === true
    ? { cost: found.cost, size: found.size ?? null }
    : { cost: add(found.cost, args), size: found.size ?? null };
}

interface OwnCost {
  readonly cost: Range;
  readonly size?: Range;
  /** True where the arguments' costs are in it already. */
  readonly whole?: boolean;
}

function ownCost({ overload, target, args }: CostedCall, costs: readonly Range[]): OwnCost | null {
  const [first, second, third] = args;
  switch (overload) {
    case 'string_format':
      return target === null ? null : { cost: scale(known(target), WALK) };
    case 'string_to_bytes': {
      const size = known(first);
      // The greatest size times four wraps in Go.
      return { cost: scale(size, WALK), size: { min: size.min, max: BigInt.asUintN(64, size.max * 4n) } };
    }
    case 'bytes_to_string': {
      const size = known(first);
      return { cost: scale(size, WALK), size: { min: size.min / 4n, max: size.max } };
    }
    case 'strings_quote': {
      const size = known(first);
      const max = BigInt.asUintN(64, size.max * 2n + 2n);
      return { cost: scale(size, WALK), size: { min: BigInt.asUintN(64, size.min + 2n), max } };
    }
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: scale(known(first), WALK) };
    case 'in_list':
      return { cost: known(second) };
    case 'matches_string':
      if (target === null) return null;
      return { cost: multiply(scale(add(known(target), fixed(1)), WALK), scale(known(first), PATTERN)) };
    case 'contains_string':
      if (target === null) return null;
      return { cost: multiply(scale(known(target), WALK), scale(known(first), WALK)) };
    case 'logical_and':
    case 'logical_or': {
      const [left = fixed(0), right = fixed(0)] = costs;
      return { cost: { min: left.min, max: capped(left.max + right.max) }, whole: true };
    }
    case 'conditional': {
      const [condition = fixed(0), yes = fixed(0), no = fixed(0)] = costs;
      return { cost: add(condition, union(yes, no)), size: union(known(second), known(third)), whole: true };
    }
    case 'add_list':
      return { cost: fixed(1), size: add(known(first), known(second)) };
    case 'add_string':
    case 'add_bytes': {
      const size = add(known(first), known(second));
      return { cost: scale(size, WALK), size };
    }
    default:
      return /^(?:(?:less|less_equals|greater|greater_equals)_(?:string|bytes)|equals|not_equals)$/.test(overload)
        ? { cost: comparison(known(first), known(second)) }
        : null;
  }
}

function comparison(left: Range, right: Range): Range {
  const max = left.max < right.max ? left.max : right.max;
  return scale({ min: max > 0n ? 1n : 0n, max }, WALK);
}
