import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Activation, type Value, compile, isFault, kubernetes, parse } from '../index.ts';
import { CelMap } from '../values/cel-map.ts';
import { Unknown } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';

const environment = kubernetes('1.36', 'stored', { variables: ['object'] });

/** The value, or the fault's class with its place; and the cost. */
function answer(source: string, object: Value): readonly [Value, number] {
  const activation = new Activation(environment, { object });
  const value = compile(parse(source), environment).run(activation);
  return [isFault(value) ? `${value.constructor.name} at ${value.offset}` : value, activation.cost];
}

describe('a sum of paths that differ in their last field', () => {
  it.each<[string, Value, Value, number]>([
    ['object.s.a + object.s.?b.orValue([])', { s: { a: [1] } }, [1], 6],
    ['object.s.a + object.s.?b.orValue([])', { s: { a: [1], b: [] } }, [1], 7],
    ['object.s.a + object.s.?b.orValue([])', { s: { a: [1], b: [2] } }, [1, 2], 7],
    ['object.s.a + object.s.?b.orValue([])', { s: { a: 1, b: 2 } }, 3, 7],
    ['object.s.a + object.s.?b.orValue([])', { s: { b: [2] } }, 'ErrorValue at 0', 7],
    ['object.s.a + object.s.?b.orValue([])', {}, 'ErrorValue at 0', 5],
    ['object.s.a + object.s.?b.orValue([])', { s: { a: [1], b: null } }, 'ErrorValue at 0', 7],
    ['object.s.?a.orValue([]) + object.s.?b.orValue([])', { s: {} }, [], 5],
    ['object.s.?a.orValue([]) + object.s.?b.orValue([])', { s: { a: null } }, 'ErrorValue at 0', 6],
    ['object.s.?a.orValue([]) + object.s.?b.orValue([])', { s: { b: [2] } }, [2], 6],
    ['object.a + object.?b.orValue([]) + object.?c.orValue([])', { a: [1] }, [1], 6],
    ['object.a + object.?b.orValue([]) + object.?c.orValue([])', { a: [1], b: [2], c: [3] }, [1, 2, 3], 8],
  ])('%s of %j is %j and costs %i', (source, object, value, cost) => {
    expect(answer(source, object)).toEqual([value, cost]);
  });

  const list = fc.constantFrom<Value>([], [1], ['a', 2], null, 'a', {}, new Unknown(['not kept']), new Optional([1]));
  const spec = fc.oneof(
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), list),
    fc.constantFrom<Value>([], null, 'a', new CelMap(new Map()), new Unknown(['not kept']), new Optional({ a: [1] })),
  );

  it.each([
    ['object.s.a + object.s.?b.orValue([]) + object.s.?c.orValue([])', 'object.s.a', 'object.s.?b', 'object.s.?c'],
    ['object.s.?a.orValue([]) + object.s.?b.orValue([]) + object.s.c', 'object.s.?a', 'object.s.?b', 'object.s.c'],
  ])('is what its parts are, added one after the other: %s', (source, ...parts) => {
    const apart = parts.map((part) => `(true ? ${part.includes('?') ? `${part}.orValue([])` : part} : [])`).join(' + ');
    fc.assert(
      fc.property(spec, (s) => {
        const [value] = answer(source, { s });
        const [expected] = answer(apart, { s });
        expect(String(value).replace(/ at .*/, '')).toEqual(String(expected).replace(/ at .*/, ''));
      }),
    );
  });
});
