import type { Value } from '../values/value.ts';

/** A function as the evaluator sees it: strict (faults never reach it), dispatching on the types of its arguments. */
export interface CelFunction {
  /** `size`, `optional.of`; operators have cel-go's names. */
  readonly name: string;
  /** Called as `f(x)`, as `x.f()`, or both. */
  readonly style: 'global' | 'member' | 'both';
  /** Numbers of arguments that it takes, a member's target counted. */
  readonly arity: readonly number[];
  /**
   * Gives the value, or an error as a value; may throw CelError. Arguments beyond those given are undefined.
   * A wrong type is `noSuchOverload()`.
   */
  readonly apply: (...args: Value[]) => Value;
  /** Cost of one call beyond 1, from arguments and result (k8s.io/apiserver pkg/cel/library/cost.go). */
  readonly cost?: (args: readonly Value[], result: Value) => number;
}

/** Functions that come together, with the minor version of Kubernetes that brought them. */
export interface Library {
  readonly name: string;
  /** Minor version of Kubernetes 1.x that first had it (k8s.io/apiserver pkg/cel/environment/base.go). */
  readonly since: number;
  readonly functions: readonly CelFunction[];
}
