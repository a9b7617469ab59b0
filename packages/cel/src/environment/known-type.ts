import type { Expr } from '../syntax/ast.ts';

/**
 * What is known of a sub-expression's type without declarations: enough for costs, which the API server counts by
 * the overload that its checker resolved. `dyn`: nothing; `scalar`: numbers, booleans, times.
 */
export type Known = 'dyn' | 'string' | 'bytes' | 'scalar' | 'map' | 'optional' | { readonly list: Known };

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
  indexOf: 'scalar',
  lastIndexOf: 'scalar',
};

/** Functions whose result has the type of their target. */
const sameAsTarget: ReadonlySet<string> = new Set(['slice', 'distinct', 'sort', 'sortBy', 'reverse']);
const elementOfTarget: ReadonlySet<string> = new Set(['min', 'max', 'sum']);
const arithmetic: ReadonlySet<string> = new Set(['_-_', '_*_', '_/_', '_%_', '-_', '!_', '@in']);

/** What is known of an expression's type. `nameOf` gives dotted names too, by their first part. */
export function knownType(expr: Expr, nameOf: KnownName): Known {
  switch (expr.kind) {
    case 'literal':
      return literalType(expr.value.type);
    case 'ident':
      return nameOf(expr.name);
    case 'select':
      return expr.test ? 'scalar' : expr.optional ? 'optional' : 'dyn';
    case 'logical':
      return 'scalar';
    case 'conditional':
      return joined(knownType(expr.yes, nameOf), knownType(expr.no, nameOf));
    case 'list':
      return {
        list: expr.elements.map(({ value }) => knownType(value, nameOf)).reduce<Known | null>(joinedOr, null) ?? 'dyn',
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
  if (typeof a === 'object' && typeof b === 'object') return { list: joined(a.list, b.list) };
  return a === b ? a : 'dyn';
}

function callType(name: string, target: Expr | null, args: readonly Expr[], nameOf: KnownName): Known {
  const [first, second] = args;
  if (name === '_+_' && first !== undefined && second !== undefined) {
    const left = knownType(first, nameOf);
    return left === 'dyn' ? knownType(second, nameOf) : left;
  }
  if (name === '_[_]' && first !== undefined) return elementType(knownType(first, nameOf));
  if (name === '_[?_]') return 'optional';
  if (arithmetic.has(name) || name.startsWith('_') || /^(?:is|has|contains|starts|ends|matches)/.test(name))
    return 'scalar';
  if (target !== null) {
    if (sameAsTarget.has(name)) return knownType(target, nameOf);
    if (elementOfTarget.has(name)) return elementType(knownType(target, nameOf));
    if (name === 'orValue') return 'dyn';
    if (target.kind === 'ident' && Object.hasOwn(results, `${target.name}.${name}`))
      return results[`${target.name}.${name}`] ?? 'dyn';
  }
  return Object.hasOwn(results, name) ? (results[name] ?? 'dyn') : 'dyn';
}

function macroType(expr: Extract<Expr, { kind: 'macro' }>, nameOf: KnownName): Known {
  switch (expr.name) {
    case 'all':
    case 'exists':
    case 'exists_one':
      return 'scalar';
    case 'filter': {
      const range = knownType(expr.range, nameOf);
      return typeof range === 'object' ? range : { list: 'dyn' };
    }
    case 'map':
    case 'transformList':
      return { list: knownType(expr.body, macroNames(expr, nameOf)) };
    case 'transformMap':
    case 'transformMapEntry':
      return 'map';
    case 'optMap':
    case 'optFlatMap':
      return 'optional';
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
    if (two && at === 0) return typeof range === 'object' ? 'scalar' : 'dyn';
    return elementType(range);
  };
}

function elementType(range: Known): Known {
  return typeof range === 'object' ? range.list : 'dyn';
}
