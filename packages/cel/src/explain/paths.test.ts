import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kubernetes } from '../environment/environment.ts';
import { Activation, compile } from '../program.ts';
import { parse } from '../syntax/parser.ts';
import { Fault } from '../values/fault.ts';
import { print } from '../conformance/spec-value.ts';
import { type FieldPath, type Reads, paths, reads } from './paths.ts';

function read(source: string): readonly string[] {
  return paths(parse(source).expr).map((path) => path.join('.'));
}

describe('the paths that an expression reads', () => {
  it.each([
    ['object.spec.replicas > 1', ['object.spec.replicas']],
    ["object.metadata.labels['app'] == object.metadata.name", ['object.metadata.labels.app', 'object.metadata.name']],
    ['object.metadata.labels[object.kind]', ['object.kind', 'object.metadata.labels.*']],
    ['has(object.spec.x) && object.spec.?y.orValue(object.z) == 1', ['object.spec.x', 'object.spec.y', 'object.z']],
    ['object.spec.containers.all(c, c.image == 1)', ['object.spec.containers.*.image']],
    ['object.spec.containers.all(c, object.x == 1)', ['object.x', 'object.spec.containers']],
    ['object.a.size() + size(object.b)', ['object.a', 'object.b']],
    [
      '(object.spec.containers + object.spec.initContainers).exists(c, has(c.x.y))',
      ['object.spec.containers.*.x.y', 'object.spec.initContainers.*.x.y'],
    ],
    ['object.a.filter(x, x.on).map(x, x.b).all(y, y.c == 1)', ['object.a.*.on', 'object.a.*.b.c', 'object.a']],
    ['object.l.sortBy(e, e.k)[0].z == 1', ['object.l.*.k', 'object.l.*.z']],
    ['object.l.sortBy(e, 1).size()', ['object.l']],
    ['(object.on ? object.a : object.b).c == 1', ['object.on', 'object.a.c', 'object.b.c']],
    ['[object.a, object.b].all(x, x.c == 1)', ['object.a.c', 'object.b.c']],
    ["{'x': object.a, 'y': object.b}.x.c == 1", ['object.a.c', 'object.b']],
    ['object.?a.optMap(x, x.b).orValue(1) == 1', ['object.a.b']],
    ['[object.c].map(v, v.a).all(x, object.b == 1)', ['object.b', 'object.c.a']],
    ['object.m.all(k, v, k == v.w)', ['object.m.*', 'object.m.*.w']],
  ])('%s', (source, expected) => {
    expect(read(source).toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ['object.a.size() > 1', [], ['object.a']],
    ['size(object.a + object.b) > 1', [], ['object.a', 'object.b']],
    ['object.a.exists(x, true)', [], ['object.a']],
    ['object.a.exists(x, x.b == 1)', ['object.a.*.b'], []],
    ['object.a.exists(x, x.b.size() == 1)', [], ['object.a.*.b']],
    ['object.a.size() == object.a[0]', ['object.a.*'], ['object.a']],
    ['object.a.size() > 1 && object.a == [1]', ['object.a'], []],
    ['[object.a].size() == 1', ['object.a'], []],
  ])('apart from what is only counted: %s', (source, whole, extents) => {
    const found = reads(parse(source).expr);
    expect(found.whole.map((path) => path.join('.'))).toEqual(whole);
    expect(found.extents.map((path) => path.join('.'))).toEqual(extents);
  });

  it('go through the variables of a policy', () => {
    const exprs = new Map([
      ['all', parse('object.a + object.b').expr],
      ['named', parse('variables.all.filter(x, x.name != 1)').expr],
    ]);
    const variables = { root: 'variables', names: [...exprs.keys()], exprOf: (name: string) => exprs.get(name) };
    const found = paths(parse('variables.named.all(x, x.port == 1)').expr, variables);
    expect(found.map((path) => path.join('.')).toSorted()).toEqual([
      'object.a.*.name',
      'object.a.*.port',
      'object.b.*.name',
      'object.b.*.port',
    ]);
  });

  it.each([
    ['a sum', 'object.v', (one: string) => `${one} + ${one}`],
    ['a choice of fields', 'object.v', (one: string) => `object.on ? ${one}.a : ${one}.b`],
    ['a list', 'object.v', (one: string) => `[${one}, ${one}]`],
    [
      'two different maps',
      '{"l": object.v}',
      (one: string) => `object.on ? {"l": ${one}, "r": ${one}} : {"r": ${one}}`,
    ],
    ['a loop', 'object.v', (one: string) => `${one}.map(x, [x, ${one}])`],
    ['a test', 'object.v', (one: string) => `${one} == ${one} ? ${one} : ${one}[object.key]`],
    ['all variables', 'object.v', (one: string) => `[variables, ${one}, dyn(variables).v0]`],
  ])('a chain of eighty variables that read one another twice, each %s, is soon read', (_, begin, next) => {
    const exprs = new Map([['v0', parse(begin).expr]]);
    for (let index = 1; index <= 80; index += 1) exprs.set(`v${index}`, parse(next(`variables.v${index - 1}`)).expr);
    const variables = { root: 'variables', names: [...exprs.keys()], exprOf: (name: string) => exprs.get(name) };
    const found = paths(parse('variables.v80 == 1').expr, variables).map((path) => path.join('.'));
    expect(found.every((path) => path.startsWith('object'))).toBe(true);
    expect(found.some((path) => 'object.v'.startsWith(path) || path.startsWith('object.v'))).toBe(true);
  });

  it('of a value that may be one of very many, all that it may be in', () => {
    const exprs = new Map([['v0', parse('object').expr]]);
    for (let index = 1; index <= 12; index += 1)
      exprs.set(`v${index}`, parse(`(object.on ? variables.v${index - 1}.a : variables.v${index - 1}.b)`).expr);
    const variables = { root: 'variables', names: [...exprs.keys()], exprOf: (name: string) => exprs.get(name) };
    expect(paths(parse('variables.v12.c == 1').expr, variables)).toEqual([['object', 'on'], ['object']]);
  });

  it.each([
    ['has(variables.a)', ['object.a']],
    ['variables.?a.b.orValue(1)', ['object.a.b']],
    ['variables.?a.?b.hasValue() && variables.c == 1', ['object.a.b', 'object.c.d']],
    ['dyn(variables).a.b', ['object.a.b', 'object.c.d']],
    ['dyn(variables)[object.key]', ['object.a', 'object.c.d', 'object.key']],
    ['dyn(variables).exists(v, v.x == 1)', ['object.a.x', 'object.c.d.x']],
    ['[{}].all(variables, has(variables.a))', []],
  ])('go through them where they are tested, optional, or read as a whole: %s', (source, expected) => {
    const exprs = new Map([
      ['a', parse('object.a').expr],
      ['c', parse('object.c.d').expr],
    ]);
    const variables = { root: 'variables', names: [...exprs.keys()], exprOf: (name: string) => exprs.get(name) };
    const found = paths(parse(source).expr, variables);
    expect(found.map((path) => path.join('.')).toSorted()).toEqual(expected);
  });
});

const environment = kubernetes('1.36', 'stored', { variables: ['object'] });

/** What an object keeps of itself under paths: parts that none of them reads are left out. */
function pruned(value: unknown, own: readonly FieldPath[]): unknown {
  if (own.some((path) => path.length === 0) || typeof value !== 'object' || value === null) return value;
  const under = (key: string): readonly FieldPath[] =>
    own.filter(([first]) => first === key || first === '*').map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((item, i) => pruned(item, under(String(i))));
  const kept = Object.entries(value).filter(([key]) => under(key).length > 0);
  return Object.fromEntries(kept.map(([key, part]) => [key, pruned(part, under(key))]));
}

function run(source: string, object: unknown): string {
  const activation = new Activation(environment, { object: object as object });
  const value = compile(parse(source), environment).run(activation);
  return value instanceof Fault ? 'fault' : print(value);
}

const names = ['a', 'b', 'c'];
const scalar = fc.constantFrom<unknown>(1, 2, 'x', true, null);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 3 }),
  ),
})).node;
const object = fc.record({ a: tree, b: tree, c: tree });

const chain = fc
  .tuple(
    fc.constantFrom('object', 'v'),
    fc.array(fc.constantFrom('.a', '.b', '.?c', '[0]', "['a']", '[?0]'), { maxLength: 3 }),
  )
  .map(([root, steps]) => root + steps.join(''));
const expression = fc.letrec<{ value: string; test: string; list: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    chain,
    fc.tuple(tie('test'), tie('value'), tie('value')).map(([t, a, b]) => `(${t} ? dyn(${a}) : dyn(${b}))`),
    tie('value').map((a) => `dyn({'a': ${a}}).a`),
    fc.tuple(tie('list'), tie('value')).map(([l, b]) => `${l}.map(v, ${b})[0]`),
    tie('list').map((l) => `dyn(${l}).size()`),
    chain.map((a) => `size(dyn(${a}))`),
  ),
  test: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(chain, fc.constantFrom('1', "'x'")).map(([a, b]) => `dyn(${a}) == ${b}`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `dyn(${a}) == dyn(${b})`),
    chain.map((a) => `has(${a}.a)`),
    fc
      .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'), tie('test'))
      .map(([l, m, t]) => `${l}.${m}(v, ${t})`),
    fc.tuple(tie('list'), tie('test')).map(([l, t]) => `${l}.filter(v, ${t}).size() > 0`),
  ),
  list: fc.oneof(
    { maxDepth: 3 },
    chain.map((a) => `dyn(${a})`),
    fc.tuple(tie('list'), tie('test')).map(([l, t]) => `${l}.filter(v, ${t})`),
    fc.tuple(tie('list'), tie('value')).map(([l, b]) => `dyn(${l}.map(v, dyn(${b})))`),
    fc.tuple(tie('list'), tie('list')).map(([a, b]) => `dyn(${a} + ${b})`),
    tie('value').map((a) => `dyn([dyn(${a})])`),
  ),
})).test;

/** Paths of what is read as wholes, and of the elements of what is counted nothing but that they are there. */
function kept({ whole, extents }: Reads): readonly FieldPath[] {
  return [...whole, ...extents.map((path) => [...path, '*', 'nothing'])]
    .filter(([root]) => root === 'object')
    .map((path) => path.slice(1));
}

describe('what is not read', () => {
  it('may be taken away: the value stays', () => {
    fc.assert(
      fc.property(expression, object, (inner, own) => {
        const source = `[dyn(object)].exists_one(v, ${inner})`;
        const given = pruned(own, kept(reads(parse(source).expr)));
        expect(run(source, given)).toBe(run(source, own));
      }),
      { numRuns: 2_000 },
    );
  });
});
