import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generated } from '../conformance/differential/grammar.ts';
import { hostileSource, hostileValue } from '../conformance/differential/hostile.ts';
import { objects } from '../conformance/differential/objects.ts';
import { Random } from '../conformance/differential/random.ts';
import { RandomExpressions, variableTypes } from '../conformance/random-expression.ts';
import { kubernetes, withUnknown } from '../index.ts';
import { kyverno } from '../kyverno.ts';
import { standard } from '../standard.ts';
import { standardTyping } from '../check/standard-typing.ts';
import { NONE, Optional } from '../values/optional.ts';
import { illTyped, object, objectType, seenWithout, unseen, wellTyped } from './agreement-values.ts';
import { bothWays, bothWaysWith, disagreement, firstDifference } from './agreement.ts';

const SLOW = 120_000;

/** An object as client libraries make them. */
class Pod {
  readonly kind = 'Pod';

  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

const many = (count: number, make: () => string): string[] => Array.from({ length: count }, make);

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
        () => ({ object: Object.assign(plain(), { m: new Pod(plain()), deep: Object.create(plain()) as object }) }),
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
        expect(both === null ? 'does not compile' : disagreement(both, seenWithout(value, path))).toBeNull();
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
        expect(both === null ? 'does not compile' : disagreement(both, seenWithout(value, path))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    "variables.names.all(n, n in variables.allowed || variables.names.join().contains('web'))",
    'variables.containers.exists(c, c.?securityContext.?privileged.orValue(variables.strict))',
    "has(object.labels) && variables.names == ['web'] || size(variables.containers) > 1 && variables.broken",
    'cel.bind(all, variables.names, object.count > 1 && all.size() > 0)',
    'has(variables.names) && variables.?strict.orValue(true) || has(variables.broken)',
    "variables.?labels.?app.orValue('') == 'shop' || variables.optional.?app.hasValue() || dyn(variables).broken",
    "dyn(variables).exists(v, v == 'shop') || variables.containers.all(c, has(variables.labels))",
  ])('on composed variables, each computed once and charged for itself: %s', { timeout: SLOW }, (source) => {
    const both = bothWaysWith(
      source,
      [
        ['containers', 'object.containers + object.?more.orValue([])'],
        ['names', 'variables.containers.map(c, c.name)'],
        ['allowed', "['web', 'shop']"],
        ['strict', "object.?labels.?app.orValue('') == 'shop'"],
        ['broken', 'object.count / 0 == 1'],
        ['labels', 'object.labels'],
        ['optional', 'object.?labels'],
      ],
      kyverno({ variables: ['object'] }),
    );
    fc.assert(
      fc.property(object, unseen, (value, path) => {
        expect(disagreement(both, seenWithout(value, path))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});
