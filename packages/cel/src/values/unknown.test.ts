import { describe, expect, it } from 'vitest';
import { generated } from '../conformance/differential/grammar.ts';
import { objects } from '../conformance/differential/objects.ts';
import { Random } from '../conformance/differential/random.ts';
import { RandomExpressions, variableTypes } from '../conformance/random-expression.ts';
import { contradiction, drawnPart } from '../conformance/unknown-part.ts';
import { standardTyping } from '../check/standard-typing.ts';
import type { Environment } from '../environment/environment.ts';
import { wellTyped } from '../generate/agreement-values.ts';
import { evaluate, kubernetes } from '../index.ts';
import { generated as code } from '../generate.ts';
import { kyverno } from '../kyverno.ts';
import { type Program, compile } from '../program.ts';
import { standard } from '../standard.ts';
import { CompileError } from '../syntax/compile-error.ts';
import { parse } from '../syntax/parser.ts';
import { Unknown } from './fault.ts';
import { Double } from './numbers.ts';
import { withUnknown } from './unseen.ts';
import type { Value } from './value.ts';

function compiled(source: string, environment: Environment): Program | null {
  try {
    return compile(parse(source), environment);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

/** The first contradiction of so many questions; `asked` is how many there were. */
function contradictions(
  count: number,
  random: Random,
  next: () => string,
  environment: Environment,
  values: readonly Readonly<Record<string, Value>>[],
): { readonly asked: number; readonly found: readonly string[] } {
  let asked = 0;
  const found: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const program = compiled(next(), environment);
    if (program === null) continue;
    for (const bindings of values) {
      const names = Object.keys(bindings).filter((name) => new RegExp(`\\b${name}\\b`).test(program.source));
      for (const name of names) {
        const part = drawnPart(bindings[name] ?? null, random);
        if (part === null) continue;
        asked += 1;
        const one = contradiction(program, bindings, name, part);
        if (one !== null) found.push(one);
      }
    }
  }
  return { asked, found };
}

const parts = {
  // The second element of a list, the value of a key that is there, a key that may not be there.
  l: withUnknown([1, 2, 3], [1], 'not kept'),
  t: withUnknown({ k: 1, d: 2 }, ['d'], 'not kept', true),
  m: withUnknown({ k: 1, d: 2 }, ['d'], 'not kept'),
  deep: withUnknown([[1], ['a']], [1, 0], 'not kept'),
};
const options = { variables: Object.keys(parts) };

describe('what an expression gives where a part is unknown', () => {
  it.each<[string, Value]>([
    ['l.size() == 3 && l[0] == 1 && l[2] == 3', true],
    ['1 in l', true],
    ['l == [1, 2]', false],
    ['l == [1, 2, 4]', false],
    ['l != [1, 2, 4]', true],
    ['l.exists(x, x == 3) && !l.all(x, x == 1)', true],
    ['l.map(x, 7)', [7, 7, 7]],
    ['(l + l).size()', 6],
    ['l.slice(0, 1) + l.reverse().slice(0, 1)', [1, 3]],
    ['l.first().value()', 1],
    ['type(l) == list && type(m) == map', true],
    ["has(t.d) && 'd' in t && t.size() == 2", true],
    ["t.map(k, k) == ['k', 'd'] && t.exists(k, k == 'd')", true],
    ["t == {'k': 2, 'd': 2} || t == {'k': 1}", false],
    ["has(m.k) && 'k' in m && m.k == 1", true],
    ["m == {'k': 2, 'd': 2} || m == {'d': 2} || m == {'k': 1, 'd': 2, 'e': 3}", false],
    ["m.exists(k, k == 'k') && m.all(k, k.size() == 1)", true],
    ["!m.all(k, v, v == 7 || k == 'd')", true],
    ['deep.size() == 2 && deep[0] == [1]', true],
    ['deep == [[2], [1]]', false],
  ])('%s is %j whatever that is', (source, value) => {
    for (const mode of [undefined, code])
      expect(evaluate(source, parts, kubernetes('1.36', 'stored', options), { mode })).toEqual(value);
  });

  it.each([
    'l[1]',
    '2 in l',
    'l == [1, 2, 3]',
    'l != [1, 2, 3]',
    'l == l',
    'l in [l]',
    'l.all(x, x > 0)',
    'l.exists(x, x == 2)',
    'l.exists_one(x, x == 1)',
    'l.filter(x, x == 1)',
    'l.map(x, x)',
    '[l[1]]',
    "{'a': l[1]}",
    "l.map(x, string(x)).join('')",
    "'%s'.format([l])",
    "'%d %s'.format([1, deep])",
    'l.sum()',
    'l.min()',
    'l.max()',
    'l.isSorted()',
    'l.indexOf(3)',
    'l.lastIndexOf(1)',
    'l.sort()',
    'l.distinct()',
    'l.flatten()',
    'l.sortBy(x, x)',
    'l.slice(1, 2)[0]',
    'sets.contains(l, [2])',
    'sets.contains([1], l)',
    'sets.equivalent(l, [1, 2, 3])',
    'sets.intersects(l, [2])',
    '[l].distinct()',
    '[dyn([1])].indexOf(l)',
    'deep.flatten(2)',
    'deep.distinct()',
    'deep.indexOf([1])',
    'deep == [[1], [1]]',
    't.d',
    "t == {'k': 1, 'd': 2}",
    't.all(k, t[k] == 1)',
    't.?d',
    't.?d.hasValue()',
    "t.?d.orValue('')",
    'm.d',
    'has(m.d)',
    "'d' in m",
    "m.?d.orValue('')",
    'm.size()',
    'm == m',
    "m == {'k': 1}",
    "m == {'k': 1, 'd': 2}",
    "dyn({'k': 1}) == m",
    'm.all(k, k == "k")',
    'm.exists(k, k == "d")',
    'm.exists(k, v, k == "d")',
    'm.map(k, 1)',
    'm.filter(k, true)',
    'm.exists_one(k, k == "k")',
    'm.transformMap(k, v, 1)',
    'm.transformList(k, v, 1)',
    'optional.ofNonZeroValue(m)',
    '[1].transformMapEntry(i, v, m).size()',
    "[dyn({'d': 1}), m].transformMapEntry(i, v, v)",
    "'%s'.format([[m]])",
  ])('%s is unknown', (source) => {
    const environment = kubernetes('1.36', 'stored', options);
    for (const mode of [undefined, code])
      expect(evaluate(source, parts, environment, { mode, check: false })).toBeInstanceOf(Unknown);
  });

  it.each([
    'json.marshal(l)',
    'json.marshal(m)',
    'json.marshal([deep])',
    'math.greatest(l)',
    "listObjToMap([m], [m], 'd', 'd')",
  ])('%s is unknown in Kyverno’s dialect', (source) => {
    expect(evaluate(source, parts, kyverno(options))).toBeInstanceOf(Unknown);
  });

  it('is nobody’s to ask a host', () => {
    const host = (): Value => 'answered';
    expect(evaluate('resource.Post("v1", "pods", "default", m)', parts, kyverno({ ...options, host }))).toBeInstanceOf(
      Unknown,
    );
  });

  it('is what it gives whatever stands there, or unknown: expressions of every form', { timeout: 120_000 }, () => {
    const random = new Random(21);
    const { asked, found } = contradictions(
      500,
      random,
      () => generated(random),
      kyverno({ variables: ['object'] }),
      objects.map((object) => ({ object })),
    );
    expect(found).toEqual([]);
    expect(asked).toBeGreaterThan(500);
  });

  it('is so of every overload and every type', { timeout: 120_000 }, () => {
    const expressions = new RandomExpressions(22, standardTyping().functions.values());
    const environment = standard({ variables: [...Object.keys(variableTypes), 'self'] });
    const { asked, found } = contradictions(500, new Random(22), () => expressions.next(4), environment, [wellTyped()]);
    expect(found).toEqual([]);
    expect(asked).toBeGreaterThan(300);
  });
});

describe('a field that was not kept', () => {
  it.each([
    ['has(object.spec.a)', {}, true],
    ['has(object.spec)', {}, true],
    ['has(object.spec)', { spec: {} }, false],
    ['has(object.spec.a)', { spec: {} }, true],
    ['has(object.spec.b)', { spec: { b: 1 } }, false],
  ])('%s of %j is unknown: %s, where it is spec.a', (source, object, unknown) => {
    const given = { object: withUnknown(object, ['spec', 'a'], 'not kept') };
    expect(evaluate(source, given, kubernetes('1.36', 'stored')) instanceof Unknown).toBe(unknown);
  });

  it('that is known to be there is there', () => {
    const given = { object: withUnknown({}, ['spec', 'a'], 'not kept', true) };
    expect(evaluate('has(object.spec.a) && object.spec.size() == 1', given, kubernetes('1.36', 'stored'))).toBe(true);
  });
});

describe('what is the same list twice', () => {
  it.each([
    ['[object.nan].all(l, l == l)', false],
    ['[object.nan].exists(l, l != l)', true],
    ['object.nan == object.nan', false],
    ['object == object', false],
    ['object.nan in [object.nan]', false],
    ['[object.one].all(l, l == l)', true],
  ])('%s: %s, since NaN is equal to nothing', (source, value) => {
    const object = { nan: [new Double(Number.NaN)], one: [1] };
    for (const mode of [undefined, code])
      expect(evaluate(source, { object }, kubernetes('1.36', 'stored'), { mode })).toBe(value);
  });
});
