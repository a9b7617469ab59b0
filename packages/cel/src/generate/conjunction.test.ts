import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generated as randomSource } from '../conformance/differential/grammar.ts';
import { objects } from '../conformance/differential/objects.ts';
import { Random } from '../conformance/differential/random.ts';
import { Activation, CompileError, Composer, compile, kubernetes, parse, withUnknown } from '../index.ts';
import { standard } from '../standard.ts';
import { object, seenWithout, unseen } from './agreement-values.ts';
import { together, untrue } from './agreement.ts';
import { Conjunction } from './conjunction.ts';
import { auto } from './modes.ts';

const SLOW = 120_000;
const environment = standard({ variables: ['object'] });
const variables = [
  ['containers', 'object.containers + object.?more.orValue([])'],
  ['names', 'variables.containers.map(c, c.name)'],
  ['allowed', "['web', 'shop']"],
  ['strict', "object.?labels.?app.orValue('') in ['shop', 'web']"],
  ['both', 'variables.strict && variables.names.size() < 3'],
  ['broken', 'object.count / 0 == 1'],
] as const;

/** Conditions as policies have them; each may be true, false, a fault and no truth at all. */
const conditions = [
  'variables.names.all(n, n in variables.allowed)',
  "variables.names.exists(n, n in variables.allowed || variables.names.join().contains('web'))",
  'variables.containers.all(c, !c.?securityContext.?privileged.orValue(variables.strict))',
  'variables.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0 || variables.strict))',
  "variables.containers.all(c, c.image.contains(':') && !c.image.startsWith('shop') && c.image != '')",
  'variables.both || variables.containers.exists_one(c, c.name == object.key)',
  "has(object.labels) && 'app' in object.labels && object.labels['app'] == 'shop'",
  "'app' in object.labels && object.labels.all(k, v, k in variables.allowed || v != 'x')",
  'object.?count.orValue(1) + 1 > 2 && (!has(object.spec) || variables.broken)',
  'cel.bind(all, variables.names, object.count > 1 || all.size() > 0)',
  'cel.bind(c, object.containers[0], c.name == c.image || [c.name].size() == 1)',
  "{'a': object.key}.a == 3 || object.containers.map(c, {c.name: variables.strict}).size() < 2",
  'object.count',
  'object.spec.?a[?object.key].hasValue()',
  'object.nothing == null',
  'variables.containers.size() >= 0',
];

describe('what all conditions together tell is what they give one by one, within every limit', () => {
  it('of conditions with variables', { timeout: SLOW }, () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...conditions), { minLength: 1, maxLength: 4 }),
        object,
        unseen,
        (sources, value, path) => {
          expect(untrue(together(sources, variables, environment), seenWithout(value, path))).toBeNull();
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of conditions of every form, on objects that are not wholly known as well', { timeout: SLOW }, () => {
    const random = new Random(16);
    const values = objects.flatMap((value) => [
      () => ({ object: value }),
      () => ({ object: withUnknown(structuredClone(value), ['a'], 'not kept') }),
    ]);
    const told = new Map<boolean | null, number>();
    for (let i = 0; i < 150; i += 1) {
      const both = compiled([randomSource(random), randomSource(random)].map((source) => `(${source}) == (${source})`));
      for (const bindings of both === null ? [] : values) {
        expect(
          both === null ? null : untrue(both, bindings, (holds) => told.set(holds, (told.get(holds) ?? 0) + 1)),
        ).toBeNull();
      }
    }
    expect(told.get(true)).toBeGreaterThan(20);
    expect(told.get(null)).toBeGreaterThan(20);
  });
});

function compiled(sources: readonly string[]): ReturnType<typeof together> | null {
  try {
    return together(sources, [], environment);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

describe('given three conditions about containers', () => {
  const sources = [
    'variables.containers.all(c, c.name in variables.allowed)',
    "variables.containers.all(c, !c.image.endsWith(':latest'))",
    'variables.both',
  ];
  const all = together(sources, variables, environment);
  const container = { name: 'web', image: 'shop:1' };
  const holds = (value: object, limit?: number): boolean | null =>
    all[1].holds(new Activation(all[0][0]?.environment ?? environment, { object: value }), limit);

  it('when an object meets them all, then it is told so', () => {
    expect(holds({ containers: [container, container], labels: { app: 'web' } })).toBe(true);
  });

  it('when it fails one and meets those before it, then it is told so', () => {
    expect(holds({ containers: [{ ...container, image: 'shop:latest' }], labels: { app: 'web' } })).toBe(false);
    expect(holds({ containers: [container] })).toBe(false);
  });

  it('when one cannot be evaluated, then nothing is told', () => {
    expect(holds({ containers: [{ name: 'web' }], labels: { app: 'web' } })).toBeNull();
    expect(holds({})).toBeNull();
  });

  it('when they cost more than they may, then nothing is told', () => {
    expect(holds({ containers: [container], labels: { app: 'web' } }, 20)).toBeNull();
  });

  it('when an activation is used again, then nothing of the object before is left', () => {
    const activation = new Activation(all[0][0]?.environment ?? environment);
    activation.set('object', { containers: [container], labels: { app: 'web' } });
    expect(all[1].holds(activation)).toBe(true);
    activation.set('object', { containers: [{ ...container, name: 'db' }], labels: { app: 'web' } });
    expect(all[1].holds(activation)).toBe(false);
  });
});

describe('a conjunction', () => {
  const base = kubernetes('1.36', 'stored', { variables: ['object'] });

  it('tells nothing before it was asked so often that code is worth its making', () => {
    const all = new Conjunction([compile(parse('object.a == 1'), base, { mode: auto })], { after: 3 });
    const activation = new Activation(base, { object: { a: 1 } });
    expect([1, 2, 3, 4].map(() => all.holds(activation))).toEqual([null, null, null, true]);
  });

  it('is of programs of one environment', () => {
    const other = kubernetes('1.36', 'stored', { variables: ['object'] });
    const programs = [base, other].map((one) => compile(parse('true'), one));
    expect(() => new Conjunction(programs)).toThrow(RangeError);
    expect(() => new Conjunction([])).toThrow(RangeError);
  });

  it('tells nothing of conditions that are too long for one function', () => {
    const long = Array.from({ length: 2_000 }, (_, i) => compile(parse(`object.a${i} != ${i}`), base));
    const object = Object.fromEntries(long.map((_, i) => [`a${i}`, -1]));
    expect(new Conjunction(long, { after: 0 }).holds(new Activation(base, { object }))).toBeNull();
  });

  it('reads the variable that stood before its condition, where one of the same name was declared later', () => {
    const composer = new Composer(base, 'variables');
    composer.add('v', '1');
    const program = compile(parse('variables.v == object.a'), composer.environment);
    composer.add('v', '2');
    const all = new Conjunction([program], { after: 0 });
    expect(all.holds(new Activation(composer.environment, { object: { a: 1 } }))).toBe(true);
  });

  it('looks through variables once each, however often they read one another', () => {
    const composer = new Composer(base, 'variables');
    composer.add('v0', 'object.a');
    for (let i = 0; i < 40; i += 1)
      composer.add(`v${i + 1}`, `variables.v${i} == variables.v${i} ? variables.v${i} : 1`);
    const program = compile(parse('variables.v40 == 1'), composer.environment);
    const all = new Conjunction([program], { after: 0 });
    expect(all.holds(new Activation(composer.environment, { object: { a: 1 } }))).not.toBe(false);
  });
});
