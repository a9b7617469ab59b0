import { describe, expect, it } from 'vitest';
import { Activation, Composer, admission, blame, compile, evaluate, explain, kubernetes, parse } from '../index.ts';
import { auto, generated } from '../generate.ts';

const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
const object = { spec: { containers: [{ name: 'web' }] } };
const loop = (name: string): string =>
  `object.spec.containers.exists(c, [c.name].exists(n, n == '${name}')) || [1].all(i, i == 1)`;

describe('places of what expressions declare', () => {
  it.each([
    ['closures', undefined],
    ['generated code', generated],
  ])('do not make activations grow with the programs of an environment: %s', (_, mode) => {
    const activation = new Activation(environment, { object });
    const sizes = Array.from({ length: 200 }, (_run, i) => {
      const program = compile(parse(loop(`x${i}`)), environment, { mode });
      program.run(activation);
      explain(program, activation);
      return activation.values.length;
    });
    expect(new Set(sizes).size).toBe(1);
  });

  it('nor with programs that read composed variables', () => {
    const composer = new Composer(environment, 'variables');
    composer.add('names', 'object.spec.containers.map(c, c.name)');
    const activation = new Activation(composer.environment, { object });
    const sizes = Array.from({ length: 200 }, (_, i) => {
      const program = compile(parse(`variables.names.all(n, n == 'x${i}')`), composer.environment);
      expect(program.run(activation)).toBe(false);
      blame(program, activation);
      activation.forgetComposed();
      return activation.values.length;
    });
    expect(new Set(sizes).size).toBe(1);
  });

  const reading = '[1, 2].map(a, [a + 2].map(b, [a, b, variables.deep[0]]))';
  const read = [[[1, 3, 5]], [[2, 4, 5]]];

  it.each([
    ['closures', undefined, 1],
    ['generated code', generated, 1],
    ['one after the other', auto, 1_002],
  ])('are not those of the composed variables that are computed in a loop: %s', (_, mode, runs) => {
    const composer = new Composer(environment, 'variables', mode);
    composer.add('all', '[10, 20].all(i, [i].all(j, j > 5))');
    composer.add('deep', '[4].map(k, variables.all ? k + 1 : 0)');
    // The same variables, otherwise checked.
    for (const own of [composer.environment, admission(composer.environment), composer.environment.withTyping({})]) {
      const program = compile(parse(reading), own, { mode });
      const activation = new Activation(own, { object });
      const values = Array.from({ length: runs }, () => {
        activation.forgetComposed();
        return program.run(activation);
      });
      expect(values.at(-1)).toEqual(read);
      expect(explain(program, activation)[0]?.value).toEqual(read);
    }
  });

  it('are apart where a bound value is computed in a loop that stands in its body', () => {
    const source = '[[7]].map(l, optional.of([1, 2].map(a, a + l[0])).optMap(x, [3].map(b, [b, x.size(), b])).value())';
    expect(evaluate(source, {}, environment)).toEqual([[[3, 2, 3]]]);
  });
});

describe('one expression, once', () => {
  const composer = new Composer(environment, 'variables');
  composer.add('names', 'object.spec.containers.map(c, c.name)');

  it('reads the composed variables of its environment', () => {
    expect(evaluate("variables.names == ['web']", { object }, composer.environment)).toBe(true);
  });

  it('takes no other variables than those which they were composed for', () => {
    expect(() => evaluate('variables.names', { object, other: 1 }, composer.environment)).toThrow(
      new RangeError('the environment has no variable other'),
    );
  });
});
