import { describe, expect, it } from 'vitest';
import { kubernetes } from '../environment/environment.ts';
import { standard } from '../environment/standard.ts';
import { Activation, compile } from '../program.ts';
import { parse } from '../syntax/parser.ts';
import { blame } from './blame.ts';
import { explain } from './explain.ts';

const object = {
  limits: [{ max: 2 }, { max: 5 }],
  containers: [
    { name: 'a', uses: 1 },
    { name: 'b', uses: 3 },
  ],
  labels: { tier: 'web' },
};

function run<T>(
  source: string,
  ask: (...given: Parameters<typeof blame>) => T,
  environment = kubernetes('1.36', 'stored'),
): T {
  const own = environment.withVariables(['object']);
  return ask(compile(parse(source), own), new Activation(own, { object }));
}

describe('explain', () => {
  it('gives text, value, range and cost of each sub-expression', () => {
    const source = "object.labels.tier == 'db' || object.limits.size() > 1";
    expect(
      run(source, explain).map(({ text, value, cost, depth, position, end }) => [
        depth,
        text,
        value,
        cost,
        position.offset,
        end,
      ]),
    ).toEqual([
      [0, source, true, 8, 0, 54],
      [1, "object.labels.tier == 'db'", false, 4, 0, 26],
      [2, 'object.labels.tier', 'web', 3, 0, 18],
      [1, 'object.limits.size() > 1', true, 4, 30, 54],
      [2, 'object.limits.size()', 2, 3, 30, 50],
      [3, 'object.limits', object.limits, 2, 30, 43],
    ]);
  });

  it('goes into bindings', () => {
    const steps = run("object.?labels.optMap(l, l.tier == 'db').orValue(true)", explain);
    expect(steps.map(({ text, value }) => [text, value])).toContainEqual(["l.tier == 'db'", false]);
  });
});

describe('blame', () => {
  it('names the elements of both loops, where one stands in the other', () => {
    expect(run('object.containers.all(c, object.limits.all(l, c.uses < l.max))', blame)).toEqual([
      'object.containers[1].uses',
      'object.limits[0].max',
    ]);
  });

  it.each([
    ['object.list.all(x, x.a.b == 2)', (index: number) => `object.list[${index}].a.b`],
    ['object.list.exists(x, x.a.b == 2)', (index: number) => `object.list[${index}].a.b`],
  ])('names the first hundred elements of a long list: %s', (source, path) => {
    const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
    const program = compile(parse(source), environment);
    const list = Array.from({ length: 5_000 }, () => ({ a: { b: 1 } }));
    const activation = new Activation(environment, { object: { list } });
    expect(program.run(activation)).toBe(false);
    expect(blame(program, activation)).toEqual(Array.from({ length: 100 }, (_, index) => path(index)));
  });

  it('of one variable names its fields alone, whatever a long list beside it holds', () => {
    const environment = kubernetes('1.36', 'stored', { variables: ['object', 'lookups'] });
    const source = 'object.wanted.all(w, lookups.pods.exists(p, p.name == w && p.tier == object.tier))';
    const program = compile(parse(source), environment);
    const pods = Array.from({ length: 5_000 }, (_, index) => ({ name: `p-${index}`, tier: 'front' }));
    const activation = new Activation(environment, {
      object: { wanted: ['a', 'b'], tier: 'back' },
      lookups: { pods },
    });
    expect(program.run(activation)).toBe(false);
    expect(blame(program, activation, 'object')).toEqual(['object.wanted[0]', 'object.wanted[1]']);
    expect(blame(program, activation)).toHaveLength(102);
  });

  it('goes through bindings', () => {
    expect(run("object.?labels.optMap(l, l.tier == 'db').orValue(true)", blame)).toEqual(['object.labels.tier']);
    expect(run("cel.bind(l, object.labels, l.tier == 'db')", blame, standard())).toEqual(['object.labels.tier']);
  });

  it.each([
    [
      "object.?os.name.orValue('') == 'windows' || object.containers.all(c, c.?security.user.orValue(0) > 0)",
      ['object.containers[0].security.user', 'object.containers[1].security.user'],
    ],
    // As far, but it would have gone less far.
    [
      "object.?os.name.orValue('') == 'windows' || object.?pod.security.user.orValue(0) > 0",
      ['object.pod.security.user'],
    ],
    ["object.?os.name.orValue('') == 'windows' || object.containers.all(c, c.uses < 3)", ['object.containers[1].uses']],
    ["!object.?hostUsers.orValue(true) || object.labels.?owner.orValue('') != ''", ['object.labels.owner']],
    ["object.?a.orValue('') == 'x' || object.?b.orValue('') == 'x'", ['object.b', 'object.a']],
    ['has(object.a) || has(object.labels.owner)', ['object.labels.owner', 'object.a']],
    [
      "'owner' in object.labels || object.labels.?team.name.orValue('') != ''",
      ['object.labels.team.name', 'object.labels.owner'],
    ],
  ])('of alternatives in %s names what should be changed, and no escape clause that is absent', (source, expected) => {
    expect(run(source, blame)).toEqual(expected);
  });

  it('compiles its parts once: looking again takes no further room in the activation', () => {
    const environment = kubernetes('1.36', 'stored').withVariables(['object']);
    const program = compile(parse('object.containers.all(c, object.limits.all(l, c.uses < l.max))'), environment);
    const activation = new Activation(environment, { object });
    blame(program, activation);
    const slots = activation.values.length;
    blame(program, activation);
    expect(activation.values).toHaveLength(slots);
  });
});
