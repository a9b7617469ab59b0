import fc from 'fast-check';
import * as types from '../check/types/makers.ts';
import { Duration } from '../values/duration.ts';
import { Unknown } from '../values/fault.ts';
import { Ip } from '../values/ip.ts';
import { Double, Uint } from '../values/numbers.ts';
import { NONE, Optional } from '../values/optional.ts';
import { Quantity } from '../values/quantity.ts';
import { Timestamp } from '../values/timestamp.ts';
import { withUnknown } from '../values/unseen.ts';
import type { Value } from '../values/value.ts';

/** Objects that are near to what policies expect, and differ from it anywhere. */
const scalar = fc.oneof(
  fc.constantFrom<Value>(
    null,
    true,
    false,
    0,
    1,
    3,
    -1,
    2.5,
    '',
    'web',
    'shop',
    ':latest',
    'a/b:latest',
    '😀',
    2n ** 60n,
  ),
  fc.constantFrom<Value>(new Uint(3n), new Double(2), NONE),
);
const key = fc.constantFrom('name', 'image', 'ports', 'securityContext', '__proto__', 'constructor', 'app', 'a');
const some = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof(value, scalar, fc.dictionary(key, scalar), fc.array(scalar, { maxLength: 2 }));
const container = fc.record(
  {
    name: some(fc.constant('web')),
    image: some(fc.constant('shop:latest')),
    ports: some(fc.array(some(fc.record({ hostPort: scalar }, { requiredKeys: [] })), { maxLength: 2 })),
    securityContext: some(fc.record({ privileged: scalar }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
);
export const object = fc.record(
  {
    containers: some(fc.array(some(container), { maxLength: 3 })),
    labels: some(fc.dictionary(key, some(fc.constant('shop')))),
    spec: some(fc.record({ a: some(fc.dictionary(key, scalar)) }, { requiredKeys: [] })),
    key: scalar,
    count: scalar,
    nothing: scalar,
  },
  { requiredKeys: [] },
);
/** Where a part of them may not have been kept. */
export const unseen = fc.constantFrom<readonly string[]>([], ['labels'], ['spec', 'a'], ['count'], ['containers']);

/** The object, and an unknown where that path leads. */
export function seenWithout(value: Value, path: readonly string[]): () => Readonly<Record<string, Value>> {
  return () => ({ object: path.length === 0 ? value : withUnknown(value, path, 'not kept') });
}

/** The type of those that are as they should be. */
export const objectType = types.struct(
  'Thing',
  types.fieldTable({
    containers: types.listOf(
      types.struct(
        'Container',
        types.fieldTable({
          name: types.string,
          image: types.string,
          ports: types.listOf(types.struct('Port', types.fieldTable({ hostPort: types.int }))),
          securityContext: types.struct('SecurityContext', types.fieldTable({ privileged: types.bool })),
        }),
      ),
    ),
    labels: types.mapOf(types.string, types.string),
    count: types.int,
  }),
);

/** Values of the variables that random expressions read (conformance/random-expression.ts), of their types. */
export function wellTyped(): Record<string, Value> {
  return {
    s: 'a.b/c',
    i: 7,
    u: new Uint(3n),
    d: 1.5,
    b: true,
    by: new Uint8Array([97, 255]),
    t: new Timestamp(1_577_836_800, 5),
    du: new Duration(3_600_000_000_000n),
    ls: ['a', 'b', 'a'],
    li: [3, 1, 2],
    ld: [1, 'a', 2.5, null],
    lls: [['a'], ['b', 'c']],
    ms: { a: 'x', constructor: 'y' },
    mi: { a: [1] },
    os: new Optional('a'),
    q: Quantity.parse('1Gi'),
    ip: Ip.parse('10.0.0.1'),
    x: { a: [1, { b: 'c' }], b: null },
    self: {},
  };
}

/** The same with some of other types. */
export function illTyped(): Record<string, Value> {
  const unknown = new Unknown(['not kept']);
  const { s, i, ls, x } = wellTyped();
  return {
    ...wellTyped(),
    s: i ?? null,
    i: s ?? null,
    ls: x ?? null,
    li: unknown,
    x: ls ?? null,
    b: unknown,
    os: NONE,
  };
}
