import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Activation,
  CompileError,
  ErrorValue,
  Unknown,
  compile,
  evaluate,
  explain,
  kubernetes,
  parse,
  withUnknown,
} from './index.ts';
import { generated } from './generate.ts';
import { kyverno } from './kyverno.ts';

const environment = kubernetes('1.36', 'stored');

const TOO_DEEP = 'operation cancelled: values nested too deep';

function nested(depth: number): object {
  return Array.from({ length: depth }).reduce<object>((inner) => ({ a: inner }), {});
}

describe('hostile input', () => {
  it.each([
    ['parentheses', `${'('.repeat(100_000)}1`],
    ['brackets', '['.repeat(50_000)],
    ['selections', `a${'.a'.repeat(40_000)}`],
    ['additions', `1${' + 1'.repeat(20_000)}`],
    ['ternaries', '1 ? '.repeat(20_000)],
    ['length', `'${'x'.repeat(200_000)}'`],
  ])('%s without end are a compile error', (_, source) => {
    expect(() => evaluate(source, {}, environment)).toThrow(CompileError);
  });

  it('a pattern that backtracks for ever elsewhere is answered', () => {
    expect(evaluate(`('${'a'.repeat(5_000)}!').matches('(a+)+$')`, {}, environment)).toBe(false);
  });

  it('a loop in a loop in a loop is stopped at its cost', () => {
    const list = `[${Array.from({ length: 200 }, (_, i) => i).join(',')}]`;
    const result = evaluate(`${list}.all(a, ${list}.all(b, ${list}.all(c, a + b + c >= 0)))`, {}, environment);
    expect(result).toBeInstanceOf(ErrorValue);
    expect(result).toMatchObject({ kind: 'cost' });
  });

  it.each(['x == y', "'%s'.format([x])", '[x, y].distinct()', '{1: x} == {1: y}', 'sets.contains([x], [y])'])(
    'values nested a hundred thousand deep end %s, and overflow no stack',
    (source) => {
      const bindings = { x: nested(100_000), y: nested(100_000) };
      const own = environment.withVariables(['x', 'y']);
      expect(evaluate(source, bindings, own)).toMatchObject({ message: TOO_DEEP });
      const program = compile(parse(source), own);
      const [step] = explain(program, new Activation(own, bindings));
      expect(step?.value).toMatchObject({ message: TOO_DEEP });
    },
  );

  it('names of the prototype are ordinary keys, present or absent', () => {
    const name = fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'a');
    fc.assert(
      fc.property(fc.uniqueArray(name), name, (present, asked) => {
        const object: unknown = JSON.parse(`{${present.map((key) => `${JSON.stringify(key)}: 1`).join(',')}}`);
        const there = present.includes(asked);
        expect(evaluate(`has(object.${asked})`, { object: object as object }, environment)).toBe(there);
        expect(evaluate(`object.?${asked}.orValue(0)`, { object: object as object }, environment)).toBe(there ? 1 : 0);
        expect(evaluate(`'${asked}' in object`, { object: object as object }, environment)).toBe(there);
      }),
    );
  });

  it.each([undefined, generated])('what stands on Object.prototype is in no object', (mode) => {
    const own = kubernetes('1.36', 'stored', { variables: ['object'] });
    const object = { spec: {} };
    const asked = ['has(object.spec.privileged)', 'object.?hostNetwork.hasValue()', 'has(object.securityContext)'];
    const names = ['privileged', 'hostNetwork', 'securityContext'];
    const all = Object.prototype as Record<string, unknown>;
    for (const name of names) all[name] = true;
    try {
      expect(asked.map((source) => evaluate(source, { object }, own, { mode }))).toEqual([false, false, false]);
    } finally {
      for (const name of names) Reflect.deleteProperty(all, name);
    }
  });

  it.each([
    ['a Date', new Date(0), 'object is an instance of Date, which is no value: give what JSON.parse gives'],
    ['a Map', new Map([['a', 1]]), 'an instance of Map'],
    ['an instance of a class', new URL('https://example.com'), 'an instance of URL'],
    ['an object of another realm', runInNewContext('({})') as object, 'an instance of Object'],
    ['a function', () => 1, 'a function'],
  ])('%s is refused where a variable is given, not half read', (_, object, message) => {
    const own = kubernetes('1.36', 'stored', { variables: ['object'] });
    expect(() => evaluate('true', { object }, own)).toThrow(message);
  });

  it('any text either parses or is a compile error with a place inside it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc
            .array(
              fc.constantFrom(
                'a',
                '1',
                '+',
                '(',
                ')',
                '[',
                ']',
                '.',
                '?',
                ':',
                '"x"',
                '{',
                '}',
                ',',
                ' in ',
                '&&',
                '!',
                '-',
              ),
            )
            .map((parts) => parts.join('')),
        ),
        (source) => {
          try {
            parse(source);
          } catch (error) {
            expect(error).toBeInstanceOf(CompileError);
            const { position } = (error as CompileError).issues[0] ?? { position: { offset: -1 } };
            expect(position.offset).toBeGreaterThanOrEqual(0);
            expect(position.offset).toBeLessThanOrEqual(source.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('unknowns', () => {
  const secret = withUnknown({ kind: 'Secret', metadata: {} }, ['data'], 'data was not kept');

  it.each([
    ['object.data.a == "x"', true],
    ['has(object.data)', true],
    ["'data' in object", true],
    ['object.data.size() > 0 && object.kind == "Pod"', false],
    ['object.data.size() > 0 || object.kind == "Secret"', false],
    ['object.data.size() > 0 && object.kind == "Secret"', true],
    ['object.kind == "Secret"', false],
  ])('%s is unknown: %s', (source, unknown) => {
    expect(evaluate(source, { object: secret }, environment) instanceof Unknown).toBe(unknown);
  });

  it.each([
    'x.sum() > 1',
    'x.min() > 1',
    'x.isSorted()',
    'x.indexOf(2) > 0',
    'x.distinct().size() == 2',
    'x.sort()[0] == 1',
    'x.flatten().size() == 2',
    'math.greatest(x) == 1',
  ])('are what %s gives where a list holds one', (source) => {
    const given = { x: withUnknown([1, 2], [1], 'not kept') };
    const options = { variables: ['x'] };
    const dialect = source.startsWith('math') ? kyverno(options) : kubernetes('1.36', 'stored', options);
    expect(evaluate(source, given, dialect)).toBeInstanceOf(Unknown);
    expect(evaluate(source, given, dialect, { mode: generated })).toBeInstanceOf(Unknown);
  });

  it('have the place at which each expression reads them, though an object holds one', () => {
    const own = kubernetes('1.36', 'stored', { variables: ['object'] });
    const object = withUnknown({ replicas: 1 }, ['replicas'], 'not kept');
    const places = ['object.replicas > 1', 'true && object.replicas > 1', '[1].all(x, object.replicas > x)'].map(
      (source) => (evaluate(source, { object }, own) as Unknown).offset,
    );
    expect(places).toEqual([0, 8, 11]);
  });
});
