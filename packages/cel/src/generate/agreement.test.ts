import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generated } from '../conformance/differential/grammar.ts';
import { hostileSource, hostileValue } from '../conformance/differential/hostile.ts';
import { objects } from '../conformance/differential/objects.ts';
import { Random } from '../conformance/differential/random.ts';
import { RandomExpressions, variableTypes } from '../conformance/random-expression.ts';
import { kubernetes, types, withUnknown } from '../index.ts';
import { kyverno } from '../kyverno.ts';
import { standard } from '../standard.ts';
import { standardTyping } from '../check/standard-typing.ts';
import { Unknown } from '../values/fault.ts';
import { Double, Uint } from '../values/numbers.ts';
import { Duration } from '../values/duration.ts';
import { Ip } from '../values/ip.ts';
import { NONE, Optional } from '../values/optional.ts';
import { Quantity } from '../values/quantity.ts';
import { Timestamp } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';
import { bothWays, bothWaysWith, disagreement } from './agreement.ts';

const SLOW = 120_000;

/** An object as client libraries make them. */
class Pod {
  readonly kind = 'Pod';

  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

/** The first expression on which closures and generated code differ, of those that compile; `asked` is how many do. */
function firstDifference(
  sources: Iterable<string>,
  environment: ReturnType<typeof kyverno>,
  values: readonly (() => Readonly<Record<string, Value>>)[],
  check = true,
): { readonly asked: number; readonly difference: string | null } {
  let asked = 0;
  for (const source of sources) {
    const both = bothWays(source, environment, check);
    if (both === null) continue;
    asked += 1;
    for (const bindings of values) {
      const difference = disagreement(both, bindings);
      if (difference !== null) return { asked, difference };
    }
  }
  return { asked, difference: null };
}

const many = (count: number, make: () => string): string[] => Array.from({ length: count }, make);

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
const object = fc.record(
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
const unseen = fc.constantFrom<readonly string[]>([], ['labels'], ['spec', 'a'], ['count'], ['containers']);

/** The type of those that are as they should be. */
const objectType = types.struct(
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

describe('generated code and closures agree in value, fault, place and cost, at every cost limit', () => {
  it('on expressions of every form about objects with and without what they ask for', { timeout: SLOW }, () => {
    const random = new Random(11);
    const found = firstDifference(
      many(150, () => generated(random)),
      kyverno({ variables: ['object'] }),
      [...objects.map((object) => () => ({ object })), () => ({})],
    );
    expect(found.difference).toBeNull();
    expect(found.asked).toBeGreaterThan(75);
  });

  it('on objects of which parts are not known', { timeout: SLOW }, () => {
    const random = new Random(12);
    const paths = [['a'], ['m'], ['m', 'a'], ['l'], ['text'], ['deep', 'a', 'b'], ['names'], ['texts', 'ascii']];
    const found = firstDifference(
      many(100, () => generated(random)),
      kyverno({ variables: ['object'] }),
      paths.map((path) => () => ({ object: withUnknown(structuredClone(objects[0] ?? null), path, 'not kept') })),
    );
    expect(found.difference).toBeNull();
    expect(found.asked).toBeGreaterThan(50);
  });

  it.each([true, false])('on every overload and every type, checked: %s', { timeout: SLOW }, (check) => {
    const expressions = new RandomExpressions(13, standardTyping().functions.values());
    const found = firstDifference(
      many(200, () => expressions.next(4)),
      standard({ variables: [...Object.keys(variableTypes), 'self'] }),
      [wellTyped, illTyped, () => ({})],
      check,
    );
    expect(found.difference).toBeNull();
    expect(found.asked).toBeGreaterThan(80);
  });

  it('on anything at all', { timeout: SLOW }, () => {
    const random = new Random(14);
    const environment = kubernetes('1.36', 'stored', { variables: ['object'], mutation: true });
    const values = Array.from({ length: 4 }, () => hostileValue(random, 2));
    const found = firstDifference(
      many(300, () => hostileSource(random)),
      environment,
      values.map((object) => () => ({ object })),
    );
    expect(found.difference).toBeNull();
    expect(found.asked).toBeGreaterThan(50);
  });

  it('on objects that are no plain ones', { timeout: SLOW }, () => {
    const random = new Random(15);
    const plain = (): object => structuredClone(objects[0]) as object;
    const found = firstDifference(
      many(100, () => generated(random)),
      kyverno({ variables: ['object'] }),
      [
        () => ({ object: new Pod(plain()) }),
        () => ({ object: Object.create(plain()) as object }),
        () => ({ object: Object.assign(Object.create(null) as object, plain()) }),
        () => ({ object: Object.assign(plain(), { m: new Map([['a', 1]]), deep: new Date(0), l: new Set([1]) }) }),
        () => ({ object: new Optional(plain()) }),
        () => ({ object: NONE }),
        () => ({ object: JSON.parse(`{"__proto__":{"a":1},"m":{"__proto__":1,"constructor":{}},"l":[{"a":1}]}`) }),
      ],
    );
    expect(found.difference).toBeNull();
    expect(found.asked).toBeGreaterThan(50);
  });

  it.each([
    'object.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))',
    'object.containers.exists(c, c.?securityContext.?privileged.orValue(false))',
    "object.containers.filter(c, c.image.endsWith(':latest')).map(c, c.name).join(', ')",
    "object.containers.map(c, has(c.image), c.image.contains('/'))",
    "object.containers.exists_one(c, c.name in ['web', 'db'])",
    "object.containers.all(i, c, i < 2 && c.name != '')",
    "object.labels.all(k, v, k.startsWith('app') || v == 'x')",
    'object.labels.transformList(k, v, k + v).size() > object.containers.size() - 1',
    "'app' in object.labels && object.labels['app'] == 'shop' && object.labels.app == 'shop'",
    "cel.bind(names, object.containers.map(c, c.name), names.exists(n, n == 'web') && names.size() < 3)",
    "object.containers.all(c, cel.bind(i, c.image, i.matches('^[a-z]+') && cel.bind(j, i + c.name, j.size() > 3)))",
    "object.containers.all(c, {'a': c.name}.a == c.name && [c.name, c.image][0] == c.name)",
    'object.containers.map(c, object.containers.map(d, {c.name: d.image + c.image})).size() == 2',
    "object.containers.sortBy(c, c.name).map(c, c.?image.optMap(i, i + c.name).orValue('')).join()",
    'object.spec.?a[?object.key].orValue(object.containers[0].name)',
    'has(object.__proto__) || has(object.constructor) || object.?toString.hasValue() || object.containers[1].__proto__ == 1',
    'object.count > 1 ? object.count + 1 == 4 : object.count - 1.5 < 2',
    'object.nothing == null && !(object.nothing != null)',
  ])('on what policies ask: %s', { timeout: SLOW }, (source) => {
    const both = bothWays(source, standard({ variables: ['object'] }));
    fc.assert(
      fc.property(object, unseen, (value, path) => {
        const seen = (): Value => (path.length === 0 ? value : withUnknown(value, path, 'not kept'));
        expect(both === null ? 'does not compile' : disagreement(both, () => ({ object: seen() }))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    'object.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))',
    'object.containers.exists(c, c.?securityContext.?privileged.orValue(false))',
    "object.containers.filter(c, c.image.endsWith(':latest')).map(c, c.name).join(', ')",
    "object.containers.all(c, c.image.contains(':') && !c.image.startsWith('shop') && c.image != '')",
    "(object.containers + object.containers).exists_one(c, c.name in ['web', 'db'])",
    "'app' in object.labels && object.labels['app'] == 'shop' && object.labels.all(k, k in object.labels)",
    'object.?count.orValue(1) + 1 > 2 && size(object.containers) < object.count',
    'object.containers[0].ports[?object.count].?hostPort.hasValue() ? object.containers[0].name : object.labels.app',
  ])('where objects have a type, and are of it or not: %s', { timeout: SLOW }, (source) => {
    const environment = standard({ variables: ['object'], types: { object: objectType } });
    const both = bothWays(source, environment);
    fc.assert(
      fc.property(object, unseen, (value, path) => {
        const seen = (): Value => (path.length === 0 ? value : withUnknown(value, path, 'not kept'));
        expect(both === null ? 'does not compile' : disagreement(both, () => ({ object: seen() }))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    "variables.names.all(n, n in variables.allowed || variables.names.join().contains('web'))",
    'variables.containers.exists(c, c.?securityContext.?privileged.orValue(variables.strict))',
    "has(object.labels) && variables.names == ['web'] || size(variables.containers) > 1 && variables.broken",
    'cel.bind(all, variables.names, object.count > 1 && all.size() > 0)',
  ])('on composed variables, each computed once and charged for itself: %s', { timeout: SLOW }, (source) => {
    const both = bothWaysWith(
      source,
      [
        ['containers', 'object.containers + object.?more.orValue([])'],
        ['names', 'variables.containers.map(c, c.name)'],
        ['allowed', "['web', 'shop']"],
        ['strict', "object.?labels.?app.orValue('') == 'shop'"],
        ['broken', 'object.count / 0 == 1'],
      ],
      kyverno({ variables: ['object'] }),
    );
    fc.assert(
      fc.property(object, unseen, (value, path) => {
        const seen = (): Value => (path.length === 0 ? value : withUnknown(value, path, 'not kept'));
        expect(disagreement(both, () => ({ object: seen() }))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});

function wellTyped(): Record<string, Value> {
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

function illTyped(): Record<string, Value> {
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
