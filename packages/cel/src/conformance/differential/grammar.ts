import { pools } from './literals.ts';
import type { Random } from './random.ts';

type Type =
  | 'int'
  | 'uint'
  | 'double'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'dyn'
  | 'optional'
  | 'quantity';

const DEPTH = 4;
/** How often a leaf of a type is a value at hand instead of a field of the object. */
const LITERALS = 0.75;

/** Ways to make a value of a type: `{int}` stands for one of that type, `{name}` for a name in scope. */
const rules: Readonly<Record<Type, readonly string[]>> = {
  int: [
    '{int} + {int}',
    '{int} - {int}',
    '{int} * {int}',
    '{int} / {int}',
    '{int} % {int}',
    '-({int})',
    'int({double})',
    'int({string})',
    'int({dyn})',
    'size({string})',
    'size({list})',
    'size({map})',
    '{bool} ? {int} : {int}',
    '{string}.indexOf({string})',
    '{list}.size()',
    '{timestamp}.getHours()',
    '{duration}.getSeconds()',
    '{optional}.orValue({int})',
    '[{int}, {int}].sum()',
    '[{int}, {int}].max()',
    '{quantity}.compareTo({quantity})',
    'int({timestamp})',
  ],
  uint: [
    '{uint} + {uint}',
    '{uint} - {uint}',
    '{uint} / {uint}',
    'uint({int})',
    'uint({string})',
    '{bool} ? {uint} : {uint}',
  ],
  double: [
    '{double} + {double}',
    '{double} * {double}',
    '{double} / {double}',
    'double({int})',
    'double({string})',
    '-({double})',
    '{bool} ? {double} : {double}',
    '[{double}, {double}].min()',
    '{quantity}.asApproximateFloat()',
  ],
  bool: [
    '{bool} && {bool}',
    '{bool} || {bool}',
    '!{bool}',
    '{bool} && {bool} && {bool}',
    '{int} < {int}',
    '{int} == {int}',
    '{dyn} == {dyn}',
    '{dyn} != {dyn}',
    '{string} < {string}',
    '{string} == {string}',
    '{double} >= {int}',
    '{uint} <= {int}',
    '{timestamp} > {timestamp}',
    '{dyn} in {list}',
    '{string} in {map}',
    '{list}.all(x, {bool})',
    '{list}.exists(x, {bool})',
    '{list}.exists_one(x, {bool})',
    '{map}.all(x, {bool})',
    '{list}.exists(i, v, {bool})',
    '{map}.all(k, v, {bool})',
    '{string}.contains({string})',
    '{string}.startsWith({string})',
    '{string}.matches({pattern})',
    'has({object}.a)',
    '{optional}.hasValue()',
    '{bool} ? {bool} : {bool}',
    'isQuantity({string})',
    'isIP({string})',
    'isURL({string})',
    'isSemver({string})',
    '{quantity}.isLessThan({quantity})',
    '{list} == {list}',
    '{map} == {map}',
    'bool({string})',
    'type({dyn}) == int',
    '{duration} < {duration}',
    '{dyn} < {dyn}',
    'sets.contains({list}, {list})',
    '{bytes} == {bytes}',
    '[{int}, {int}].isSorted()',
  ],
  string: [
    '{string} + {string}',
    'string({int})',
    'string({double})',
    'string({bool})',
    'string({uint})',
    '{string}.substring({small})',
    '{string}.lowerAscii()',
    '{string}.upperAscii()',
    '{string}.trim()',
    '{string}.replace({string}, {string})',
    '{bool} ? {string} : {string}',
    "'%s'.format([{dyn}])",
    "'%d %s'.format([{int}, {string}])",
    '{string}.split({string}).join({string})',
    'string({timestamp})',
    'string({duration})',
    '{string}.charAt({small})',
    '{string}.find({pattern})',
    'strings.quote({string})',
    '[{string}, {string}].join()',
    'string({bytes})',
    'url({string}).getHost()',
  ],
  bytes: ['bytes({string})', '{bytes} + {bytes}'],
  timestamp: ['timestamp({string})', '{timestamp} + {duration}', '{timestamp} - {duration}', 'timestamp({int})'],
  duration: ['duration({string})', '{duration} + {duration}', '{timestamp} - {timestamp}', '{duration} - {duration}'],
  list: [
    '[{dyn}, {dyn}]',
    '[{int}, {int}, {int}]',
    '[{string}]',
    '{list} + {list}',
    '{list}.filter(x, {bool})',
    '{list}.map(x, {dyn})',
    '{list}.map(x, {bool}, {dyn})',
    '{map}.map(x, {string})',
    '{string}.split({string})',
    '{bool} ? {list} : {list}',
    '[?{optional}, ?{optional}]',
    '{list}.distinct()',
    '{list}.reverse()',
    '{list}.slice({small}, {small})',
    '{list}.transformList(i, v, {dyn})',
    '[{list}, {list}].flatten()',
    'lists.range({small})',
    '{string}.findAll({pattern})',
    '[{int}, {int}].sort()',
    '{list}.sortBy(x, {int})',
  ],
  map: [
    "{'a': {dyn}, 'b': {dyn}}",
    '{{string}: {dyn}}',
    '{{int}: {dyn}}',
    "{?'a': {optional}}",
    '{map}.transformMap(k, v, {dyn})',
    '{bool} ? {map} : {map}',
    '{list}.transformMapEntry(i, v, {i: {dyn}})',
  ],
  dyn: [
    'dyn({int})',
    'dyn({string})',
    'dyn({double})',
    'dyn({bool})',
    'dyn({list})',
    'dyn({map})',
    'dyn(null)',
    'dyn({uint})',
    '{map}.a',
    "{map}['b']",
    '{list}[{small}]',
    '{object}.a',
    '{object}.m.a',
    '{object}.l[{small}]',
    '{object}.nope',
    'dyn({timestamp})',
    '{optional}.value()',
    '{optional}.orValue(dyn({int}))',
    '{bool} ? {dyn} : {dyn}',
    'dyn({bytes})',
  ],
  optional: [
    'optional.of({dyn})',
    'optional.none()',
    'optional.ofNonZeroValue({dyn})',
    '{map}.?a',
    '{list}[?{small}]',
    '{object}.?a',
    '{object}.?m.?a',
    '{object}.?nope',
    '{optional}.or({optional})',
    '{optional}.optMap(o, {dyn})',
    '{optional}.optFlatMap(o, {optional})',
    '{list}.first()',
    '{list}.last()',
  ],
  quantity: ['{quantity}.add({quantity})', '{quantity}.sub({int})', 'quantity({string})'],
};

const patterns = ["'a'", "'[a-z]+'", "'^$'", "'(a|b)*'", "'.'"];
const small = ['0', '1', '2', '3', '-1'];
const leaves: Readonly<Record<Type, readonly string[]>> = {
  int: [...pools.int, 'size(object.l)'],
  uint: pools.uint,
  double: pools.double,
  bool: ['true', 'false', 'has(object.a)', 'has(object.nope)', 'object.nope', '1 / 0 == 1'],
  string: pools.string.slice(0, 24),
  bytes: pools.bytes,
  timestamp: pools.timestamp,
  duration: pools.duration,
  list: [...pools.list.slice(0, 4), 'object.l', 'object.names'],
  map: [...pools.map.slice(0, 2), 'object.m', 'object.deep'],
  dyn: ['object.a', 'object.b', 'object.text', 'dyn(1)', "dyn('a')", 'dyn(null)', 'dyn([])'],
  optional: ['object.?a', 'object.?nope', 'optional.of(dyn(1))'],
  quantity: pools.quantity,
};

/** A random expression: nested, mostly of types that fit, of a bounded size. */
export function generated(random: Random): string {
  const types = Object.keys(rules) as Type[];
  return grow(random, random.pick(types), 0, []);
}

function grow(random: Random, type: Type, depth: number, names: readonly string[]): string {
  if (depth >= DEPTH || random.next() < 0.15 * depth) return leaf(random, type, names);
  const rule = random.pick(rules[type]);
  const bound = /\.(?:\w+)\((x|o|(?:i|k), v), /.exec(rule)?.[1]?.split(', ') ?? [];
  const inner = [...names, ...bound];
  return rule.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'pattern') return random.pick(patterns);
    if (name === 'small') return random.pick(small);
    if (name === 'object') return 'object';
    if (!Object.hasOwn(rules, name)) return whole;
    const grown = grow(random, name as Type, depth + 1, inner);
    return /^[\w'"(.]+$|^\w[\w.]*\(.*\)$|^\[[^[\]]*\]$/.test(grown) && !grown.includes(' ') ? grown : `(${grown})`;
  });
}

function leaf(random: Random, type: Type, names: readonly string[]): string {
  if (type === 'dyn' && names.length > 0 && random.next() < LITERALS) return random.pick(names);
  return random.pick(leaves[type]);
}
