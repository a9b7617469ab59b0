import type { Call, Expr, Macro } from '../syntax/ast.ts';
import { type ComposedVariables, namesRead, orTooDeep } from './variables-read.ts';
import { type Origin, element, field, isRead, nowhere, pathsOf, union } from './origin.ts';

/** A field path that an expression may read: the variable, then fields; `*` for an index or key that is computed. */
export type FieldPath = readonly string[];

/**
 * Every field path that an expression can read, through loop variables, concatenations, `map`, `filter`, conditionals,
 * literals and, where they are given, composed variables; those stay as they are elsewhere. A path stands for everything
 * under it, and is touched by what replaces something above it. More than one evaluation reads, never less: of what is
 * nested too deep for the stack, all that it mentions.
 */
export function paths(expr: Expr, variables: ComposedVariables | null = null): readonly FieldPath[] {
  const { whole, extents } = reads(expr, variables);
  return [...whole, ...extents];
}

/** What an expression can read, as {@link paths} has it. */
export interface Reads {
  /** Paths under which everything may be read. */
  readonly whole: readonly FieldPath[];
  /** Paths of lists, maps and texts of which nothing more is read than how long they are or which keys they have. */
  readonly extents: readonly FieldPath[];
}

/** The same as {@link paths}, with what is only counted, or looped over without a look at an element, apart. */
export function reads(expr: Expr, variables: ComposedVariables | null = null): Reads {
  return orTooDeep(
    () => {
      const reader = new PathReader(variables);
      reader.use(reader.read(expr, new Map()));
      return reader.found;
    },
    () => ({ whole: namesRead(expr, variables).map((name) => [name]), extents: [] }),
  );
}

type Locals = ReadonlyMap<string, Origin>;

/** Functions that give their target, or a list of its elements. */
const same =
  /^(?:value|or|unwrapOpt|slice|sort|distinct|reverse|flatten|filter|dyn|optional\.(?:of|ofNonZeroValue|unwrap))$/;
const elements = new Set(['first', 'last', 'min', 'max']);

class PathReader {
  readonly #found = new Map<string, { readonly path: FieldPath; isExtent: boolean }>();
  /** What is computed whether or not somebody looks at it: it may fail. */
  readonly #touched = new Map<string, FieldPath>();
  readonly #used = new Set<Origin>();
  readonly #variables: ComposedVariables | null;
  /** Read once each: variables that read one another twice would be read twice as often at every step. */
  readonly #composedOrigins = new Map<string, Origin | null>();

  constructor(variables: ComposedVariables | null) {
    this.#variables = variables;
  }

  /** What is looked at, and what is computed where nothing under it is looked at. */
  get found(): Reads {
    const known = [...this.#touched.values(), ...[...this.#found.values()].map(({ path }) => path)];
    const covers = (longer: FieldPath, path: FieldPath): boolean =>
      longer.length > path.length && path.every((part, i) => part === longer[i]);
    const touched = [...this.#touched].filter(
      ([key, path]) => !this.#found.has(key) && !known.some((longer) => covers(longer, path)),
    );
    const found = [...this.#found.values()];
    const of = (extents: boolean): FieldPath[] =>
      found.flatMap(({ path, isExtent }) => (isExtent === extents ? [path] : []));
    return { whole: [...touched.map(([, path]) => path), ...of(false)], extents: of(true) };
  }

  #note(path: FieldPath, isExtent: boolean): void {
    const key = path.join('\0');
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { path, isExtent });
    else known.isExtent &&= isExtent;
  }

  /** The value is computed, and somebody may look at it later. */
  #touch(origin: Origin): Origin {
    for (const path of pathsOf(origin)) this.#touched.set(path.join('\0'), path);
    return origin;
  }

  /** The value itself is looked at: everything that it may come from is read whole. */
  use(origin: Origin): void {
    if (this.#used.has(origin)) return;
    this.#used.add(origin);
    for (const path of pathsOf(origin)) this.#note(path, false);
    for (const part of origin.parts.values()) this.use(part);
    if (origin.element !== null) this.use(origin.element);
  }

  /** Where the value may come from; what is looked at on the way is noted. */
  read(expr: Expr, locals: Locals): Origin {
    switch (expr.kind) {
      case 'literal':
        return nowhere;
      case 'ident':
        return (expr.absolute ? undefined : locals.get(expr.name)) ?? this.#global(expr.name);
      case 'select': {
        const found = this.#composed(expr, locals) ?? field(this.read(expr.operand, locals), expr.field);
        if (!expr.test) return found;
        this.use(found);
        return nowhere;
      }
      case 'call':
        return this.#readCall(expr, locals);
      case 'logical':
        for (const arg of expr.args) this.use(this.read(arg, locals));
        return nowhere;
      case 'conditional':
        this.use(this.read(expr.condition, locals));
        return union(this.read(expr.yes, locals), this.read(expr.no, locals));
      case 'list':
        return {
          ...nowhere,
          element: expr.elements.map(({ value }) => this.#touch(this.read(value, locals))).reduce(union, nowhere),
        };
      case 'map': {
        for (const { key } of expr.entries) this.use(this.read(key, locals));
        const named = expr.entries.map(
          ({ key, value }) => [keyOf(key), this.#touch(this.read(value, locals))] as const,
        );
        return partsOf(named);
      }
      case 'struct':
        return partsOf(expr.fields.map(({ name, value }) => [name, this.#touch(this.read(value, locals))] as const));
      case 'macro':
        return this.#readMacro(expr, locals);
    }
  }

  #composed({ operand, field: name }: Expr & { kind: 'select' }, locals: Locals): Origin | null {
    const isRoot = operand.kind === 'ident' && operand.name === this.#variables?.root;
    return isRoot && (operand.absolute || !locals.has(operand.name)) ? this.#variable(name) : null;
  }

  #variable(name: string): Origin | null {
    const known = this.#composedOrigins.get(name);
    if (known !== undefined) return known;
    // One that reads itself is none.
    this.#composedOrigins.set(name, null);
    const inner = this.#variables?.exprOf(name);
    const found = inner === undefined ? null : this.read(inner, new Map());
    this.#composedOrigins.set(name, found);
    return found;
  }

  /** A name of the environment; that of the composed variables stands for all of them. */
  #global(name: string): Origin {
    if (this.#variables?.root !== name) return { ...nowhere, paths: [[name]] };
    return partsOf(this.#variables.names.map((one) => [one, this.#touch(this.#variable(one) ?? nowhere)] as const));
  }

  #readCall(call: Call, locals: Locals): Origin {
    const { name, target, args } = call;
    const [first, second] = args;
    if ((name === '_[_]' || name === '_[?_]') && first !== undefined && second !== undefined) {
      this.use(this.read(second, locals));
      const key = keyOf(second);
      const container = this.read(first, locals);
      return key === null ? element(container) : field(container, key);
    }
    if (name === '_+_' && first !== undefined && second !== undefined)
      return union(this.read(first, locals), this.read(second, locals));
    if (name === 'sortBy' && target !== null && first?.kind === 'ident' && second !== undefined) {
      const before = this.#found.size;
      const list = this.read(target, locals);
      this.use(this.read(second, new Map([...locals, [first.name, element(list)]])));
      this.#count(list, before);
      return list;
    }
    const full = target?.kind === 'ident' && target.name === 'optional' ? `optional.${name}` : name;
    const subject = full === name ? (target ?? first) : first;
    const rest = target === null || full !== name ? args.slice(1) : args;
    if (subject !== undefined && (name === 'orValue' || name === 'or'))
      return [subject, ...rest].map((part) => this.read(part, locals)).reduce(union, nowhere);
    if (subject !== undefined && (same.test(full) || elements.has(full))) {
      for (const part of rest) this.use(this.read(part, locals));
      const origin = this.read(subject, locals);
      // What is ordered, compared or counted is looked at whole.
      if (['sort', 'distinct', 'min', 'max', 'flatten', 'optional.ofNonZeroValue'].includes(full)) this.use(origin);
      return elements.has(full) ? element(origin) : full === 'flatten' ? element(origin) : origin;
    }
    for (const part of target === null ? args : [target, ...args]) {
      const origin = this.read(part, locals);
      if (name === 'size' && isRead(origin)) for (const path of pathsOf(origin)) this.#note(path, true);
      else this.use(origin);
    }
    return nowhere;
  }

  #readMacro(macro: Macro, locals: Locals): Origin {
    const range = this.#touch(this.read(macro.range, locals));
    const each = element(range);
    const [first = '', second] = macro.variables;
    if (macro.name === 'bind' || macro.name === 'optMap' || macro.name === 'optFlatMap')
      return this.read(macro.body, new Map([...locals, [first, range]]));
    const inner = new Map([...locals, [first, each], ...(second === undefined ? [] : [[second, each] as const])]);
    // How many elements there are is read whether or not a turn looks at one.
    const before = this.#found.size;
    if (macro.condition !== null) this.use(this.read(macro.condition, inner));
    const body = this.#touch(this.read(macro.body, inner));
    const filters = macro.name === 'filter';
    const makes = ['map', 'transformList', 'transformMap', 'transformMapEntry'].includes(macro.name);
    if (!makes) this.use(body);
    this.#count(range, before);
    if (filters) return range;
    if (!makes) return nowhere;
    return macro.name === 'transformMapEntry' ? { ...nowhere, element: element(body) } : { ...nowhere, element: body };
  }

  /** Notes a range itself where nothing of its elements was noted since. */
  #count(range: Origin, before: number): void {
    const since = [...this.#found.values()].slice(before).map(({ path }) => path);
    for (const path of pathsOf(range))
      if (!since.some((found) => found[path.length] === '*' && path.every((part, i) => part === found[i])))
        this.#note(path, true);
  }
}

function partsOf(named: readonly (readonly [string | null, Origin])[]): Origin {
  const computed = named.filter(([name]) => name === null).map(([, origin]) => origin);
  const parts = new Map(named.flatMap(([name, origin]) => (name === null ? [] : [[name, origin] as const])));
  return { paths: [], parts, element: computed.length === 0 ? null : computed.reduce(union, nowhere) };
}

/** The key that a literal is; null for one that is computed. */
function keyOf(expr: Expr): string | null {
  return expr.kind === 'literal' && expr.value.type === 'string' ? expr.value.value : null;
}
