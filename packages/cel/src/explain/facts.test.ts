import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreeing, knowingOnly } from '../conformance/agreeing-object.ts';
import { conditions, subjects } from '../conformance/random-condition.ts';
import { kubernetes } from '../environment/environment.ts';
import { Activation, Composer, type Program, compile } from '../program.ts';
import { parse } from '../syntax/parser.ts';
import type { Value } from '../values/value.ts';
import { facts } from './facts.ts';

const environment = kubernetes('1.36', 'stored').withVariables(['object']);
const programOf = (source: string): Program => compile(parse(source), environment.withComposition(null));
const on = (program: Program, object: Value): Activation => new Activation(program.environment, { object });
const run = (program: Program, object: Value): Value => program.run(on(program, object));

describe('facts', () => {
  it.each([
    ['object.l.all(x, x.v > 1)', { l: [{ v: 2 }, { v: 0 }, { v: 1 }] }, ['value object.l[1].v']],
    ['object.l.exists(x, x.v > 1)', { l: [{ v: 1 }] }, ['extent object.l', 'value object.l[0].v']],
    ['has(object.n) && object.n.a == 1', { n: { a: 0 } }, ['value object.n.a']],
    ['object.a == 1 && object.b == 1', { a: 0, b: 0 }, ['value object.a']],
    ['(object.a == 1 && object.b == 1) || object.b == 2', { a: 0, b: 0 }, ['value object.b']],
    ['object.?n.?a.orValue(object.b) > 1', { b: 1 }, ['value object.b', 'missing object.n']],
    ["object.a == 1 || 'k' in object.m", { a: 0, m: { j: 1 } }, ['value object.a', 'missing object.m.k']],
  ])('of %s on %j are %j', (source, object, expected) => {
    const program = programOf(source);
    const found = facts(program, on(program, object));
    expect(found.map(({ kind, path, present }) => `${present ? kind : 'missing'} ${path}`)).toEqual(expected);
  });

  it.each([
    ['has(variables.a) && variables.a > 1', ['value object.a']],
    ['variables.?n.a.orValue(0) > 1', ['value object.n.a']],
    ['variables.?n.?b.hasValue()', ['missing object.n.b']],
    ['dyn(variables).a > 1', ['value object.a', 'value object.n']],
  ])('of composed variables: %s', (source, expected) => {
    const composer = new Composer(environment, 'variables');
    composer.add('a', 'object.a');
    composer.add('n', 'object.n');
    const program = compile(parse(source), composer.environment);
    const found = facts(program, on(program, { a: 0, n: { a: 0 } }));
    expect(found.map(({ kind, path, present }) => `${present ? kind : 'missing'} ${path}`)).toEqual(expected);
  });

  it('are enough: every other object in which they are the same gives false again', () => {
    fc.assert(
      fc.property(
        conditions(true),
        subjects,
        fc.array(subjects, { minLength: 8, maxLength: 8 }),
        (source, object, others) => {
          const program = programOf(source);
          fc.pre(run(program, object) === false);
          const found = facts(program, on(program, object));
          for (const other of others) expect(run(program, agreeing(object, other, found))).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are no more than needed: with all else unknown the program is false, with one more unknown it is not', () => {
    fc.assert(
      fc.property(conditions(false), subjects, (source, object) => {
        const program = programOf(source);
        fc.pre(run(program, object) === false);
        const found = facts(program, on(program, object));
        expect(run(program, knowingOnly(found, object))).toBe(false);
        const fewer = found.map((fact) => found.filter((other) => other !== fact));
        expect(fewer.map((some) => run(program, knowingOnly(some, object)))).not.toContain(false);
      }),
      { numRuns: 1000 },
    );
  });
});
