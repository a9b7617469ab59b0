import type { Core } from '../core.ts';
import type { Type } from '../types/type.ts';
import { type Range, unknownRange } from './range.ts';

/** What the cost of a call is told of its target and arguments (cel-go checker/cost.go AstNode). */
export interface CostNode {
  readonly path: readonly string[];
  readonly type: Type;
  /** Null for the elements of a list. */
  readonly core: Core | null;
  readonly size: Range | null;
}

/** The cost of a call, and how large its result is where that is known. */
export interface CallCost {
  readonly cost: Range;
  readonly size: Range | null;
}

/** The size of what stands at a path through the variables' schemas; null where there is no schema. */
export type SizeAt = (path: readonly string[]) => Range | null;

/** The size of a node: computed, from its schema, or anything. */
export function sizeOf(node: CostNode, sizeAt: SizeAt): Range {
  return node.size ?? sizeAt(node.path) ?? unknownRange;
}
