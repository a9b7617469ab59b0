import type { Expr } from '../syntax/ast.ts';
import type { Value } from '../values/value.ts';

/** A function as the evaluator sees it: strict (faults never reach it), dispatching on the types of its arguments. */
export interface CelFunction {
  /** `size`, `optional.of`; operators have cel-go's names. */
  readonly name: string;
  /** Called as `f(x)`, as `x.f()`, or both. */
  readonly style: 'global' | 'member' | 'both';
  /** Numbers of arguments that it takes, a member's target counted; `any` for one or more. */
  readonly arity: readonly number[] | 'any';
  /**
   * Gives the value, or an error as a value; may throw CelError. Arguments beyond those given are undefined.
   * A wrong type is `noSuchOverload()`.
   */
  readonly apply: (...args: Value[]) => Value;
  /**
   * What one call costs, whatever it gives; 1 where left out (k8s.io/apiserver pkg/cel/library/cost.go, cel-go
   * interpreter/runtimecost.go). Known before the call is made; arguments may be faults.
   */
  readonly cost?: Cost;
  /** The same function where both arguments are texts, for a faster way; `apply` and `cost` say the same of them. */
  readonly ofTexts?: OfTexts;
  /** The same where it depends on the overload that the checker chose; undefined: 1. */
  readonly costFor?: CostFor;
  /**
   * True for a first argument that is this function's and not that of its namesake in a library before it. Needed of
   * the later one where two libraries have functions of one name and style.
   */
  readonly accepts?: (first: Value) => boolean;
}

/** A test of a text by a part, and its cost. */
export interface OfTexts {
  readonly test: (text: string, part: string) => boolean;
  readonly cost: (text: string, part: string) => number;
}

/** The cost of a call from its arguments. */
export type Cost = (args: readonly Value[]) => number;

/** How the cost of a call is counted, by cel-go's name of its overload; null where it is chosen at run time. */
export type CostFor = (overload: string | null) => Cost | undefined;

/** The overload of each call of which the checker found one alone. */
export type Overloads = ReadonlyMap<Expr, string>;

/** What a library brings beside functions: macros and syntax. */
export type Feature =
  | 'optional syntax'
  | 'optional macros'
  | 'two-variable macros'
  | 'quoted fields'
  | 'sortBy'
  | 'orValue of all'
  | 'cel.bind'
  | 'patch types';

/** Functions that come together, with the minor version of Kubernetes that brought them. */
export interface Library {
  /** Minor version of Kubernetes 1.x that first had it (k8s.io/apiserver pkg/cel/environment/base.go). */
  readonly since: number;
  /** Made when an environment first has the library: importing it costs nothing. */
  readonly functions: () => readonly CelFunction[];
  readonly features?: readonly Feature[];
}
