import { describe, expect, test } from 'vitest';
import { kubernetes } from '../environment/environment.ts';
import { Activation, Composer, compile } from '../program.ts';
import { parse } from '../syntax/parser.ts';
import { Fault } from '../values/fault.ts';
import { culprits } from './culprits.ts';
import { explain } from './explain.ts';

const object = {
  name: 'web',
  containers: [
    { image: 'a', port: 80 },
    { image: 'b', port: 'http' },
  ],
  labels: { tier: 'web' },
};

/** What came to the fault that the expression gives: text, path, value. */
function found(source: string): readonly string[] {
  const environment = kubernetes('1.36', 'stored').withVariables(['object']);
  const program = compile(parse(source), environment);
  const activation = new Activation(environment);
  activation.set('object', object);
  const value = program.run(activation);
  if (!(value instanceof Fault)) throw new Error(`no fault: ${String(value)}`);
  return culprits(program, activation, value).operands.map(
    (one) => `${one.text} at ${one.path} is ${JSON.stringify(one.value)}`,
  );
}

describe('given a composed variable that fails', () => {
  const composer = new Composer(kubernetes('1.36', 'stored').withVariables(['object']), 'variables');
  composer.add('labels', 'object.labels');
  composer.add('all', 'object.containers +\n  variables.labels');
  composer.add('names', 'variables.all.map(c, c.name)');

  test.each([['variables.all.all(c, c.port > 1)'], ['size(variables.names) > 1']])(
    'when %s reads it, then its own place and operands are named',
    (source) => {
      const program = compile(parse(source), composer.environment);
      const activation = new Activation(composer.environment, { object });
      const value = program.run(activation);
      if (!(value instanceof Fault)) throw new Error(`no fault: ${String(value)}`);
      expect(culprits(program, activation, value)).toMatchObject({
        variable: 'variables.all',
        source: 'object.containers +\n  variables.labels',
        position: { line: 1, column: 1 },
        operands: [
          { text: 'object.containers', path: 'object.containers' },
          { text: 'variables.labels', path: 'object.labels', value: { tier: 'web' } },
        ],
      });
    },
  );
});

describe('given an expression that fails', () => {
  test('when operands do not fit, then they are named with their values', () => {
    expect(found('object.name > 1')).toEqual(['object.name at object.name is "web"']);
    expect(found('1 / (object.containers[0].port - 80) == 1')).toEqual(['object.containers[0].port - 80 at null is 0']);
  });

  test.each([
    ['dyn(object.name) && true', 'dyn(object.name) at object.name is "web"'],
    ['false || dyn(object.name)', 'dyn(object.name) at object.name is "web"'],
    ['dyn(object.name) ? true : false', 'dyn(object.name) at object.name is "web"'],
    ['dyn(object.name).all(c, c == 1)', 'dyn(object.name) at object.name is "web"'],
    ['object.containers.all(c, c.image)', 'c.image at object.containers[0].image is "a"'],
    ['object.containers.all(c, c.port == 80 ? true : c.port)', 'c.port == 80 ? true : c.port at null is "http"'],
    ['object.containers.exists(c, c.port < 0 || c.image)', 'c.image at object.containers[0].image is "a"'],
    ['object.containers.filter(c, c.image).size() > 0', 'c.image at object.containers[0].image is "a"'],
    ['object.containers.map(c, c.image, c.port).size() > 0', 'c.image at object.containers[0].image is "a"'],
  ])('when %s needs true or false, or something to loop over, then what is neither is named', (source, culprit) => {
    expect(found(source)).toEqual([culprit]);
  });

  test('when a key is missing, then what should hold it is named', () => {
    expect(found("object.labels.owner == 'x'")).toEqual(['object.labels at object.labels is {"tier":"web"}']);
  });

  test('when it fails in a turn of a loop, then the values are those of that turn, with their paths', () => {
    expect(found('object.containers.all(c, c.port > 1)')).toEqual(['c.port at object.containers[1].port is "http"']);
    expect(found('object.containers.map(c, c.port + 1).size() == 2')).toEqual([
      'c.port at object.containers[1].port is "http"',
    ]);
    expect(
      found('object.containers.exists(c, object.labels.exists(l, l == c.image && c.port < 3) || c.port < 1)'),
    ).toEqual(['c.port at object.containers[1].port is "http"']);
  });
});

/** Takes some 10⁸ units: minutes. */
const dear = '.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))';

describe('given an expression that takes too much', () => {
  const environment = kubernetes('1.36', 'stored').withVariables(['l']);

  test('then nothing is named, and it is not run to its end', () => {
    const program = compile(parse(`l${dear}`), environment);
    const activation = new Activation(environment, { l: Array.from({ length: 60 }, (_, index) => index) });
    const value = program.run(activation);
    expect(culprits(program, activation, value as Fault).operands).toEqual([]);
    expect(explain(program, activation)[0]?.value).toMatchObject({ kind: 'cost' });
  }, 10_000);

  test('when that is a variable, then the same', () => {
    const composer = new Composer(environment, 'variables');
    composer.add('dear', `l${dear}`);
    const program = compile(parse('variables.dear'), composer.environment);
    const activation = new Activation(composer.environment);
    activation.set(
      'l',
      Array.from({ length: 60 }, (_, index) => index),
    );
    const value = program.run(activation);
    expect(culprits(program, activation, value as Fault)).toMatchObject({ variable: 'variables.dear', operands: [] });
  }, 10_000);
});
