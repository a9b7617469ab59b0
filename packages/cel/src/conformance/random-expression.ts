import type { FunctionDeclaration } from '../check/declarations/declaration.ts';
import { parseTypes } from '../check/declarations/signature.ts';
import { type Type, dyn, isOptional, listOf, mapOf, optionalOf } from '../check/types/type.ts';

/** Variables of random expressions, by their types in cel-go's notation. */
export const variableTypes: Readonly<Record<string, string>> = {
  s: 'string',
  i: 'int',
  u: 'uint',
  d: 'double',
  b: 'bool',
  by: 'bytes',
  t: 'timestamp',
  du: 'duration',
  ls: 'list(string)',
  li: 'list(int)',
  ld: 'list(dyn)',
  lls: 'list(list(string))',
  ms: 'map(string, string)',
  mi: 'map(int, list(int))',
  os: 'optional_type(string)',
  q: 'kubernetes.Quantity',
  ip: 'net.IP',
  x: 'dyn',
};

const scalars = parseTypes(['string', 'int', 'uint', 'double', 'bool', 'bytes', 'timestamp', 'duration', 'dyn']);
const wanted = parseTypes([
  'bool',
  'string',
  'int',
  'double',
  'list(string)',
  'list(int)',
  'map(string, string)',
  'optional_type(string)',
  'timestamp',
  'duration',
  'kubernetes.Quantity',
  'net.IP',
  'net.CIDR',
  'kubernetes.URL',
  'kubernetes.Semver',
  'dyn',
]);

const literals: Readonly<Record<string, readonly string[]>> = {
  string: ["'a'", "''", '"a.b/c"', "'😀é'", "r'a+'", "'1h'", "'10.0.0.1'", "'1Gi'", "'%s %d'"],
  int: ['0', '1', '-7', '9223372036854775807', '0x1F'],
  uint: ['0u', '3u'],
  double: ['1.5', '-0.0', '1e3'],
  bool: ['true', 'false'],
  bytes: ["b'a'", "b'\\xff'"],
  null: ['null'],
  timestamp: ["timestamp('2020-01-01T00:00:00Z')", 'timestamp(7)', "timestamp('2020')"],
  duration: ["duration('1h')", "duration('1x')", 'duration(i)'],
  dyn: ['x', 'x.a', 'x.a[0]', 'dyn(1)', "dyn('a')", "x['a']", '(has(x.a) ? x.a : null)'],
  type: ['int', 'type(s)', 'list', 'map', 'google.protobuf.Timestamp', 'optional_type', 'net.IP', 'null_type'],
};

type Binding = ReadonlyMap<string, Type>;

/** Makes expressions of every overload that is declared, most of which check; a seed gives the same ones again. */
export class RandomExpressions {
  #state: number;
  readonly #functions: readonly FunctionDeclaration[];

  constructor(seed: number, functions: Iterable<FunctionDeclaration>) {
    this.#state = seed;
    this.#functions = [...functions].filter(({ name }) => !/@not|@map|@sort|\?\./.test(name));
  }

  next(depth: number): string {
    return this.#make(this.#pick(wanted), depth, []);
  }

  /** mulberry32 */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  #chance(of: number): boolean {
    return this.#random() < of;
  }

  #make(type: Type, depth: number, locals: readonly (readonly [string, Type])[]): string {
    if (this.#chance(0.03)) return this.#leaf(this.#pick(wanted), locals);
    if (depth <= 0 || this.#chance(0.1)) return this.#leaf(type, locals);
    const inner = (of: Type): string => this.#make(of, depth - 1, locals);
    if (this.#chance(0.15)) return this.#form(type, depth, locals);
    if (this.#chance(0.06)) return `(${inner(boolType)} ? ${inner(type)} : ${inner(type)})`;
    return this.#call(type, inner) ?? this.#leaf(type, locals);
  }

  #leaf(type: Type, locals: readonly (readonly [string, Type])[]): string {
    const fitting = [
      ...locals.filter(([, own]) => own.name === type.name).map(([name]) => name),
      ...Object.entries(variableTypes)
        .filter(([, text]) => text.split('(')[0] === type.name || text === type.kind)
        .map(([name]) => name),
      ...(literals[type.kind] ?? []),
    ];
    if (fitting.length > 0 && !this.#chance(0.15)) return this.#pick(fitting);
    const [first = dyn, second = dyn] = type.params;
    switch (type.kind) {
      case 'list':
        return `[${Array.from({ length: Math.floor(this.#random() * 3) }, () => this.#leaf(first, locals)).join(', ')}]`;
      case 'map':
        return this.#chance(0.3) ? '{}' : `{${this.#leaf(first, locals)}: ${this.#leaf(second, locals)}}`;
      case 'opaque':
        if (isOptional(type))
          return this.#chance(0.3) ? 'optional.none()' : `optional.of(${this.#leaf(first, locals)})`;
        return type.name === 'net.IP' ? "ip('10.0.0.1')" : "cidr('10.0.0.0/8')";
      case 'struct':
        return `${type.name.split('.').at(-1)?.toLowerCase().replace('namedformat', 'format.uuid')}('1')`;
      default:
        return this.#pick(literals[type.kind] ?? ['x']);
    }
  }

  #call(type: Type, inner: (type: Type) => string): string | null {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const fn = this.#pick(this.#functions);
      const overload = this.#pick(fn.overloads);
      const bound = new Map<string, Type>();
      if (!matches(overload.result, type, bound)) continue;
      for (const name of overload.params) if (!bound.has(name)) bound.set(name, this.#pick(scalars));
      const args = overload.args.map((arg) => inner(replaced(arg, bound)));
      return spell(fn.name, overload.member, args);
    }
    return null;
  }

  /** Macros and other forms that no declaration describes. */
  #form(type: Type, depth: number, locals: readonly (readonly [string, Type])[]): string {
    const make = (of: Type, more: readonly (readonly [string, Type])[] = []): string =>
      this.#make(of, depth - 1, [...more, ...locals]);
    const name = this.#pick(['v', 'w', 's']);
    const element = this.#pick(scalars);
    const list = make(listOf(element));
    const own = [[name, element]] as const;
    const two = [['k', parseTypes(['int'])[0] ?? dyn], ...own] as const;
    const [first = dyn, second = dyn] = type.params;
    switch (type.kind) {
      case 'bool': {
        const macro = this.#pick(['all', 'exists', 'exists_one']);
        if (this.#chance(0.3)) return `${list}.${macro}(k, ${name}, ${make(type, two)})`;
        if (this.#chance(0.2)) return this.#pick(['has(x.a.b)', 'has(ms.a)', 'has(os.a)', 'has(self.a)', 'has(i.a)']);
        return `${list}.${macro}(${name}, ${make(type, own)})`;
      }
      case 'list':
        return this.#pick([
          () => `${list}.map(${name}, ${make(first, own)})`,
          () => `${list}.map(${name}, ${make(boolType, own)}, ${make(first, own)})`,
          () => `${make(type)}.filter(${name}, ${make(boolType, [[name, first]])})`,
          () => `${list}.transformList(k, ${name}, ${make(first, two)})`,
          () => `${make(type)}.sortBy(${name}, ${make(element, [[name, first]])})`,
          () => `[?${make(optionalOf(first))}, ${make(first)}]`,
          () => `[${make(first)}, ${make(first)}]`,
        ])();
      case 'map':
        return this.#pick([
          () => `${make(mapOf(first, element))}.transformMap(k, ${name}, ${make(second, [['k', first], ...own])})`,
          () => `${list}.transformMapEntry(k, ${name}, {${make(first, two)}: ${make(second, two)}})`,
          () => `{?${make(first)}: ${make(optionalOf(second))}}`,
          () => `{${make(first)}: ${make(second)}, ${make(first)}: ${make(second)}}`,
        ])();
      case 'opaque':
        if (!isOptional(type)) return make(type);
        return this.#pick([
          () => `${make(optionalOf(element))}.optMap(${name}, ${make(first, own)})`,
          () => `${make(optionalOf(element))}.optFlatMap(${name}, ${make(type, own)})`,
          () => `${make(mapOf(parseTypes(['string'])[0] ?? dyn, first))}.?a`,
          () => `${make(listOf(first))}[?${make(parseTypes(['int'])[0] ?? dyn)}]`,
        ])();
      case 'string':
        return this.#pick([
          () => `'%s %d'.format([${make(element)}, ${make(element)}])`,
          () => `'%.2f %x%%'.format([${make(element)}, ${make(element)}])`,
          () => `'%s'.format(${make(parseTypes(['list(dyn)'])[0] ?? dyn)})`,
          () => 'ms.a',
          () => `ms[${make(type)}]`,
        ])();
      default:
        return this.#pick([`${make(mapOf(parseTypes(['string'])[0] ?? dyn, type))}.a`, `${make(listOf(type))}[0]`]);
    }
  }
}

const [boolType = dyn] = parseTypes(['bool']);

/** Binds the parameters of a declared type so that it is `type`; false where it cannot be. */
function matches(declared: Type, type: Type, bound: Map<string, Type>): boolean {
  if (declared.kind === 'param') {
    bound.set(declared.name, type);
    return true;
  }
  if (declared.name !== type.name || declared.params.length !== type.params.length) return false;
  return declared.params.every((param, i) => matches(param, type.params[i] ?? dyn, bound));
}

function replaced(type: Type, bound: Binding): Type {
  if (type.kind === 'param') return bound.get(type.name) ?? dyn;
  return type.params.length === 0 ? type : { ...type, params: type.params.map((param) => replaced(param, bound)) };
}

function spell(name: string, member: boolean, args: readonly string[]): string {
  const [first = '', second = '', third = ''] = args;
  if (member) return `${first}.${name}(${args.slice(1).join(', ')})`;
  if (name === '_?_:_') return `(${first} ? ${second} : ${third})`;
  if (name === '_[_]') return `${first}[${second}]`;
  if (name === '_[?_]') return `${first}[?${second}]`;
  if (name === '@in') return `(${first} in ${second})`;
  if (/^_.+_$/.test(name)) return `(${first} ${name.slice(1, -1)} ${second})`;
  return /^[!-]_$/.test(name) ? `${name[0]}${first}` : `${name}(${args.join(', ')})`;
}
