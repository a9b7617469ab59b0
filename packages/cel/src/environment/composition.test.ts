import { describe, expect, it } from 'vitest';
import { generated } from '../generate.ts';
import {
  Activation,
  Composer,
  type ErrorValue,
  type Fault,
  type Program,
  Unknown,
  type Value,
  compile,
  culprits,
  kubernetes,
  parse,
  withUnknown,
} from '../index.ts';

const object = { zero: 0, list: [1, 2], name: 'web' };
const variables: readonly (readonly [string, string])[] = [
  ['one', '1'],
  ['list', 'object.list'],
  ['broken', '1 +\n  1 / object.zero'],
  ['outer', 'variables.one == 1 ? variables.broken : 0'],
  ['wrong', 'object.name + 1'],
  ['missing', 'object.nope'],
  ['unseen', '[object.list[0]][0] + object.unseen'],
  ['again', 'dyn(variables).again'],
  ['long', 'object.list.map(a, object.list.map(b, object.list.map(c, a + b + c)))'],
];

function program(source: string, mode?: typeof generated): Program {
  const composer = new Composer(kubernetes('1.36', 'stored', { variables: ['object'] }), 'variables', mode);
  for (const [name, expression] of variables) composer.add(name, expression);
  return compile(parse(source), composer.environment, { mode });
}

function run(source: string, limit?: number, mode?: typeof generated): readonly [Program, Value] {
  const compiled = program(source, mode);
  const given = withUnknown(object, ['unseen'], 'not kept');
  return [compiled, compiled.run(new Activation(compiled.environment, { object: given }), limit)];
}

describe.each([
  ['closures', undefined],
  ['generated code', generated],
] as const)('a composed variable that fails, by %s', (_, mode) => {
  // What the API server says of each was asked of k8s.io/apiserver 1.36.3.
  it.each([
    ['variables.broken > 1', 'composited variable "broken" fails to evaluate: division by zero'],
    ['has(variables.broken)', 'composited variable "broken" fails to evaluate: division by zero'],
    ['variables.?broken.orValue(1) > 1', 'composited variable "broken" fails to evaluate: division by zero'],
    ['dyn(variables).broken', 'composited variable "broken" fails to evaluate: division by zero'],
    [
      'variables.outer',
      'composited variable "outer" fails to evaluate: composited variable "broken" fails to evaluate: division by zero',
    ],
    ['variables.wrong', 'composited variable "wrong" fails to evaluate: no such overload'],
    ['variables.missing', 'composited variable "missing" fails to evaluate: no such key: nope'],
  ])('says so to those who read it: %s', (source, message) => {
    expect((run(source, undefined, mode)[1] as ErrorValue).message).toBe(message);
  });

  it('says so where its limit ends it, which is an error like others', () => {
    const [, value] = run('variables.long', 50, mode);
    expect((value as ErrorValue).message).toBe(
      'composited variable "long" fails to evaluate: operation cancelled: actual cost limit exceeded',
    );
    expect((value as ErrorValue).kind).toBe('evaluation');
    expect(run('variables.long.size() == 1 || true', 50, mode)[1]).toBe(true);
  });

  it.each([
    ['true && variables.broken > 1', { line: 2, column: 3, offset: 6, variable: 'broken' }],
    ['true && has(variables.broken)', { line: 2, column: 3, offset: 6, variable: 'broken' }],
    ['true && variables.outer > 1', { line: 2, column: 3, offset: 6, variable: 'broken' }],
    ['[1].all(x, dyn(variables).wrong == x)', { line: 1, column: 1, offset: 0, variable: 'wrong' }],
    ['true && variables.unseen == 1', { line: 1, column: 23, offset: 22, variable: 'unseen' }],
    ['true && object.nope', { line: 1, column: 9, offset: 8 }],
    ['true && variables.one / 0 == 1', { line: 1, column: 9, offset: 8 }],
  ])('leads to the place in its own expression: %s', (source, position) => {
    const [compiled, value] = run(source, undefined, mode);
    expect(compiled.positionOf(value as Fault)).toEqual(position);
  });

  it('has that place for all who read it, one after another', () => {
    const [compiled] = run('true', undefined, mode);
    const activation = new Activation(compiled.environment, { object });
    for (const source of ['variables.long', 'true && variables.long == []', 'variables.long']) {
      const reader = compile(parse(source), compiled.environment, { mode });
      const value = reader.run(activation, 50);
      expect(reader.positionOf(value as Fault)).toEqual({ line: 1, column: 1, offset: 0, variable: 'long' });
    }
  });

  it('is unknown without a prefix where it is', () => {
    const [, value] = run('variables.unseen', undefined, mode);
    expect(value).toBeInstanceOf(Unknown);
    expect((value as Unknown).reasons).toEqual(['not kept']);
  });

  it('ends where it reads itself', () => {
    expect((run('variables.again', undefined, mode)[1] as ErrorValue).message).toContain(
      'composited variable "again" reads itself',
    );
  });
});

describe('composed variables that are tested, optional, or read as a whole', () => {
  it.each([
    ['has(variables.one) && !(!has(variables.one))', true],
    ['variables.?one.orValue(2)', 1],
    ['variables.?list[?7].hasValue()', false],
    ['dyn(variables).one', 1],
    ['has(dyn(variables).nope)', false],
    ["dyn(variables)[?'nope'].hasValue()", false],
    ['variables == variables && type(variables) != map', true],
    ["[{'one': 7}].all(variables, has(variables.one) && variables.?one.value() == 7)", true],
  ])('%s', (source, value) => {
    for (const mode of [undefined, generated]) expect(run(source, undefined, mode)[1]).toBe(value);
  });

  it.each(['has(variables.nope)', 'variables.?nope', "variables['one']", "variables[?'one']", 'size(variables)'])(
    '%s does not compile',
    (source) => {
      expect(() => program(source)).toThrow(/undefined field 'nope'|found no matching overload/);
    },
  );

  it('are explained as those that are read by name', () => {
    const [compiled, value] = run('true && has(variables.broken)');
    const activation = new Activation(compiled.environment, { object });
    expect(culprits(compiled, activation, value as Fault)).toMatchObject({
      variable: 'variables.broken',
      source: '1 +\n  1 / object.zero',
      position: { line: 2, column: 3 },
      operands: [{ text: 'object.zero', path: 'object.zero', value: 0 }],
    });
  });
});
