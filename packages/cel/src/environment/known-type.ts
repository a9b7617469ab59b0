import type { Expr } from '../syntax/ast.ts';

/**
 * What is known of a sub-expression's type without declarations: enough for costs, which the API server counts by
 * the overload that its checker resolved. `dyn`: nothing; `scalar`: numbers, booleans, times; `opaque`: types of
 * libraries; `free`: of whatever type it meets.
 */
export type Known =
  | 'dyn'
  | 'string'
  | 'bytes'
  | 'scalar'
  | 'map'
  | 'opaque'
  | 'free'
  | { readonly list: Known }
  | { readonly optional: Known };

/** How names are known at a place. */
export type KnownName = (name: string) => Known;

const results: Readonly<Record<string, Known>> = {
  string: 'string',
  bytes: 'bytes',
  int: 'scalar',
  uint: 'scalar',
  double: 'scalar',
  bool: 'scalar',
  size: 'scalar',
  timestamp: 'scalar',
  duration: 'scalar',
  charAt: 'string',
  lowerAscii: 'string',
  upperAscii: 'string',
  replace: 'string',
  substring: 'string',
  trim: 'string',
  join: 'string',
  format: 'string',
  find: 'string',
  findAll: { list: 'string' },
  split: { list: 'string' },
  'strings.quote': 'string',
  'base64.encode': 'string',
  'base64.decode': 'bytes',
  'jsonpatch.escapeKey': 'string',
  'lists.range': { list: 'scalar' },
  getScheme: 'string',
  getHost: 'string',
  getHostname: 'string',
  getPort: 'string',
  getEscapedPath: 'string',
  getQuery: 'map',
  reason: 'string',
  error: 'string',
  asInteger: 'scalar',
  asApproximateFloat: 'scalar',
  compareTo: 'scalar',
  quantity: 'opaque',
  add: 'opaque',
  sub: 'opaque',
  semver: 'opaque',
  ip: 'opaque',
  cidr: 'opaque',
  masked: 'opaque',
  url: 'opaque',
  indexOf: 'scalar',
  lastIndexOf: 'scalar',
};

/** Functions that give numbers, booleans or times, besides. */
const scalars =
  /^(?:get(?:FullYear|Month|Date|DayOf(?:Month|Week|Year)|Hours|Minutes|Seconds|Milliseconds)|sets\.(?:contains|equivalent|intersects)|family|prefixLength|major|minor|patch|sign|allowed|errored)$/;

/** Functions whose result has the type of their target. */
const sameAsTarget: ReadonlySet<string> = new Set(['slice', 'distinct', 'sort', 'sortBy', 'reverse']);
const elementOfTarget: ReadonlySet<string> = new Set(['min', 'max', 'sum']);
/** Between numbers, or times; unknown of what is unknown. */
const arithmetic: ReadonlySet<string> = new Set(['_+_', '_-_', '_*_', '_/_', '_%_', '-_']);

/** What is known of an expression's type. `nameOf` gives dotted names too, by their first part. */
export function knownType(expr: Expr, nameOf: KnownName): Known {
  switch (expr.kind) {
    case 'literal':
      return literalType(expr.value.type);
    case 'ident':
      return nameOf(expr.name);
    case 'select':
      return expr.test ? 'scalar' : expr.optional ? optionalOf('dyn') : 'dyn';
    case 'logical':
      return 'scalar';
    case 'conditional':
      return joined(knownType(expr.yes, nameOf), knownType(expr.no, nameOf));
    case 'list':
      return {
        list: expr.elements.map(({ value }) => knownType(value, nameOf)).reduce<Known | null>(joinedOr, null) ?? 'free',
      };
    case 'map':
    case 'struct':
      return 'map';
    case 'call':
      return callType(expr.name, expr.target, expr.args, nameOf);
    case 'macro':
      return macroType(expr, nameOf);
  }
}

function literalType(type: string): Known {
  return type === 'string' || type === 'bytes' ? type : type === 'null' ? 'dyn' : 'scalar';
}

function joinedOr(a: Known | null, b: Known): Known {
  return a === null ? b : joined(a, b);
}

function joined(a: Known, b: Known): Known {
  const [x, y] = [elementOf(a), elementOf(b)];
  if (x !== null && y !== null) return { list: joined(x, y) };
  if (isOptional(a) && isOptional(b)) return optionalOf(joined(a.optional, b.optional));
  if (a === 'free') return b;
  if (b === 'free') return a;
  return a === b ? a : 'dyn';
}

function callType(name: string, target: Expr | null, args: readonly Expr[], nameOf: KnownName): Known {
  const [first, second] = args;
  if (arithmetic.has(name) && first !== undefined) {
    const left = knownType(first, nameOf);
    return left === 'dyn' && second !== undefined ? knownType(second, nameOf) : left;
  }
  if (name === '_[_]' && first !== undefined) return elementType(knownType(first, nameOf));
  if (name === '_[?_]' && first !== undefined) return optionalOf(elementType(knownType(first, nameOf)));
  if (/^[_@!]/.test(name) || /^(?:is|has|contains|starts|ends|matches)/.test(name)) return 'scalar';
  if (target !== null) {
    if (sameAsTarget.has(name)) return knownType(target, nameOf);
    if (elementOfTarget.has(name)) return elementType(knownType(target, nameOf));
    const optional = optionalMember(name, target, first, nameOf);
    if (optional !== null) return optional;
    if (target.kind === 'ident' && target.name === 'optional')
      return optionalOf(first === undefined ? 'free' : knownType(first, nameOf));
    const namespaced = target.kind === 'ident' ? resultOf(`${target.name}.${name}`) : undefined;
    if (namespaced !== undefined) return namespaced;
  }
  return resultOf(name) ?? 'dyn';
}

function resultOf(name: string): Known | undefined {
  return scalars.test(name) ? 'scalar' : Object.hasOwn(results, name) ? results[name] : undefined;
}

/** What the members of optionals give; null for others. */
function optionalMember(name: string, target: Expr, argument: Expr | undefined, nameOf: KnownName): Known | null {
  if (name !== 'orValue' && name !== 'or' && name !== 'value' && name !== 'first' && name !== 'last') return null;
  const of = knownType(target, nameOf);
  if (name === 'first' || name === 'last') return optionalOf(of === 'dyn' ? 'free' : elementType(of));
  if (!isOptional(of)) return 'dyn';
  if (name === 'value') return of.optional === 'free' ? 'dyn' : of.optional;
  const other = argument === undefined ? 'dyn' : knownType(argument, nameOf);
  return name === 'or' ? joined(of, other) : of.optional === 'free' ? other : of.optional;
}

function optionalOf(optional: Known): Known {
  return { optional };
}

function isOptional(known: Known): known is { readonly optional: Known } {
  return typeof known === 'object' && 'optional' in known;
}

/** The elements' type of what is known to be a list; null for the rest. */
export function elementOf(known: Known): Known | null {
  return typeof known === 'object' && 'list' in known ? known.list : null;
}

function macroType(expr: Extract<Expr, { kind: 'macro' }>, nameOf: KnownName): Known {
  switch (expr.name) {
    case 'all':
    case 'exists':
    case 'exists_one':
      return 'scalar';
    case 'filter': {
      const range = knownType(expr.range, nameOf);
      return elementOf(range) === null ? { list: 'dyn' } : range;
    }
    case 'map':
    case 'transformList':
      return { list: knownType(expr.body, macroNames(expr, nameOf)) };
    case 'transformMap':
    case 'transformMapEntry':
      return 'map';
    case 'optMap':
      return optionalOf(knownType(expr.body, macroNames(expr, nameOf)));
    case 'optFlatMap':
      return knownType(expr.body, macroNames(expr, nameOf));
    case 'bind':
      return knownType(expr.body, macroNames(expr, nameOf));
  }
}

/** The names inside a macro's body. */
export function macroNames(expr: Extract<Expr, { kind: 'macro' }>, nameOf: KnownName): KnownName {
  const range = knownType(expr.range, nameOf);
  const two = expr.variables.length === 2;
  return (name) => {
    const at = expr.variables.indexOf(name);
    if (at === -1) return nameOf(name);
    if (expr.name === 'bind') return range;
    if (two && at === 0) return elementOf(range) === null ? 'dyn' : 'scalar';
    return elementType(range);
  };
}

function elementType(range: Known): Known {
  return isOptional(range) ? range.optional : (elementOf(range) ?? 'dyn');
}
