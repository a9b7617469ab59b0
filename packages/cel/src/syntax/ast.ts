/** A CEL expression after parsing. Macros are nodes of their own; `offset`…`end` is the source range (UTF-16). */
export type Expr = Literal | Ident | Select | Call | Logical | Conditional | ListExpr | MapExpr | StructExpr | Macro;

interface Node {
  readonly id: number;
  readonly offset: number;
  readonly end: number;
}

/** A constant. The value is a CEL value already. */
export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}

/** What a literal can hold. */
type LiteralValue =
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'uint'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'null' };

/** A name. `absolute` for `.name`, which no comprehension variable hides. */
export interface Ident extends Node {
  readonly kind: 'ident';
  readonly name: string;
  readonly absolute: boolean;
}

/** `operand.field`; with `test` it is `has(operand.field)`, with `optional` it is `operand.?field`. */
export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly test: boolean;
  readonly optional: boolean;
}

/** A function or operator; operators have cel-go's names (`_+_`, `_[_]`, `@in`, `!_`). */
export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expr | null;
  readonly args: readonly Expr[];
}

/** A chain of one logical operator, flattened: `a && b && c` is one node. */
export interface Logical extends Node {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly args: readonly Expr[];
}

/** `condition ? yes : no`. */
export interface Conditional extends Node {
  readonly kind: 'conditional';
  readonly condition: Expr;
  readonly yes: Expr;
  readonly no: Expr;
}

/** `[a, ?b]`. */
export interface ListExpr extends Node {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: Expr; readonly optional: boolean }[];
}

/** `{k: v, ?k: v}`. */
export interface MapExpr extends Node {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[];
}

/** `Type{field: v}`. */
export interface StructExpr extends Node {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: readonly { readonly name: string; readonly value: Expr; readonly optional: boolean }[];
}

/** The comprehension macros, and those that bind a name to one value. */
export type MacroName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'optMap'
  | 'optFlatMap'
  | 'bind';

/** `range.all(x, body)` and its kin; with two variables the first is index or key. */
export interface Macro extends Node {
  readonly kind: 'macro';
  readonly name: MacroName;
  readonly range: Expr;
  readonly variables: readonly string[];
  /** The filter of `map(x, p, t)` and the transforms; null where there is none. */
  readonly condition: Expr | null;
  readonly body: Expr;
}

/** A parsed expression with its source. */
export interface Ast {
  readonly source: string;
  readonly expr: Expr;
  /** Where fields stand in backticks, as UTF-16 offsets: Kubernetes has no such syntax. */
  readonly quoted: readonly number[];
}
