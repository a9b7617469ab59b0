import { describe, expect, it } from 'vitest';
import {
  Activation,
  Optional,
  Timestamp,
  Uint,
  Unknown,
  type Value,
  compile,
  evaluate,
  isFault,
  kubernetes,
  parse,
} from '../index.ts';
import { standard } from '../standard.ts';

const environment = kubernetes('1.36', 'stored', { variables: ['object', 'held'] });

/** The value, with the cost and, for a fault, where it is from. */
function answer(source: string, object: Value, held: Value = null): readonly [Value, number, number | null] {
  const activation = new Activation(environment, { object, held });
  const value = compile(parse(source), environment, { check: false }).run(activation);
  return isFault(value) ? [value.constructor.name, activation.cost, value.offset] : [value, activation.cost, null];
}

describe('a path of a variable', () => {
  const object = {
    spec: { name: 'n', add: [1], constructor: 'c', on: false, empty: '' },
    bare: Object.assign(Object.create(null) as object, { spec: 1 }),
    unseen: new Unknown(['not listed']),
  };

  it.each([
    ['object.spec.name', ['n', 3, null]],
    ['object.spec.constructor', ['c', 3, null]],
    ['object.spec.toString', ['ErrorValue', 3, 0]],
    ['object.bare.spec', [1, 3, null]],
    ['object.spec.add.metadata', ['ErrorValue', 4, 0]],
    ['object.spec.name.metadata', ['ErrorValue', 4, 0]],
    ['object.unseen', ['Unknown', 2, 0]],
  ] as const)('%s gives, costs, and comes from', (source, expected) => {
    expect(answer(source, { ...object, unseen: new Unknown(['not listed']) })).toEqual(expected);
  });

  it.each([
    ["object.?spec.?name.orValue('')", ['n', 3, null]],
    ["object.?status.?name.orValue('none')", ['none', 1, null]],
    ["object.spec.?toString.orValue('none')", ['none', 2, null]],
    ['object.?spec.hasValue()', [true, 3, null]],
    ['object.?status.hasValue()', [false, 2, null]],
    ['object.?spec.?add.?metadata.hasValue()', ['ErrorValue', 4, 0]],
    ["object.?unseen.?name.orValue('')", ['Unknown', 1, 0]],
  ] as const)('%s stops at what is not there', (source, expected) => {
    expect(answer(source, { ...object, unseen: new Unknown(['not listed']) })).toEqual(expected);
  });

  it.each([
    ['has(object.spec.name)', [true, 2, null]],
    ['has(object.spec.metadata)', [false, 2, null]],
    ['has(object.spec.valueOf)', [false, 2, null]],
    ['has(object.spec.on.name)', [false, 3, null]],
    ['has(object.status.name)', ['ErrorValue', 1, 4]],
    ['!has(object.spec.name)', [false, 3, null]],
    ['!object.spec.on', [true, 4, null]],
    ['!object.spec.name', ['ErrorValue', 4, 0]],
    ['!object.spec.empty', ['ErrorValue', 4, 0]],
    ['!object.?status.?on.orValue(true)', [false, 2, null]],
    ['!object.?status.?on.orValue([])', ['ErrorValue', 2, 0]],
    ["!(object.spec.name != 'n')", [true, 5, null]],
    ["!(object.spec.empty == 'n')", [true, 4, null]],
    ["!(object.status.name == 'n')", ['ErrorValue', 4, 2]],
    ["object.spec.name == 'n'", [true, 4, null]],
    ["object.spec.name != ''", [true, 3, null]],
    ["object.spec.name.startsWith('n')", [true, 4, null]],
    ["object.spec.add.contains('n')", ['ErrorValue', 4, 0]],
  ] as const)('%s is asked of its end', (source, expected) => {
    expect(answer(source, object)).toEqual(expected);
  });

  it.each<[string, Value, unknown]>([
    ['an optional', new Optional({ spec: 2 }), new Optional(2)],
    ['a map with keys of all types', evaluate("{1: 'a', 'spec': 'b'}", {}, standard()), 'b'],
    ['a time', new Timestamp(0, 0), 'ErrorValue'],
    ['a uint', new Uint(1n), 'ErrorValue'],
    ['a list', [], 'ErrorValue'],
    ['null', null, 'ErrorValue'],
  ])('begins at %s', (_, held, expected) => {
    expect(answer('held.spec', {}, held)[0]).toEqual(expected);
  });
});
