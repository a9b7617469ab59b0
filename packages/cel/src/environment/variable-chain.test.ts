import { describe, expect, it } from 'vitest';
import { auto, generated } from '../generate.ts';
import { complete, hover } from '../editor.ts';
import {
  Activation,
  Composer,
  type Program,
  blame,
  compile,
  culprits,
  explain,
  facts,
  kubernetes,
  paths,
  parse,
} from '../index.ts';
import type { Fault } from '../index.ts';

/** Sixty variables, each of which reads the one before it twice: what looks through each mention never comes back. */
function chain(first: string, next: (one: string) => string, mode?: typeof generated): Composer {
  const composer = new Composer(kubernetes('1.36', 'stored', { variables: ['object'] }), 'variables', mode);
  composer.add('v0', first);
  for (let index = 1; index <= 60; index += 1) composer.add(`v${index}`, next(`variables.v${index - 1}`));
  return composer;
}

function compiled(source: string, { environment }: Composer, mode?: typeof generated): Program {
  return compile(parse(source), environment, { mode });
}

const shapes: readonly (readonly [string, string, (one: string) => string, string])[] = [
  ['compares', 'object.a == 1', (one) => `${one} == ${one}`, 'variables.v60 == false'],
  ['chooses', 'object.a', (one) => `object.a == 1 ? ${one} : ${one}`, 'variables.v60 == 2'],
  ['asks both sides', 'object.a == 1', (one) => `${one} && ${one}`, '!variables.v60'],
  ['makes a list', '[object.a]', (one) => `[${one}[0], ${one}[0]]`, 'variables.v60[0] == 2'],
  ['loops', '[object.a]', (one) => `${one}.filter(x, x in ${one})`, 'variables.v60 == [2]'],
];

describe('a chain of variables that read one another twice', () => {
  it.each(shapes)('runs, and tells why it is false, where each %s', (_, first, next, source) => {
    for (const mode of [undefined, generated, auto]) {
      const program = compiled(source, chain(first, next, mode), mode);
      const activation = new Activation(program.environment, { object: { a: 1 } });
      for (let turn = 0; turn < 100; turn += 1) expect(program.run(activation)).toBe(false);
      expect(explain(program, activation).length).toBeGreaterThan(0);
      expect(blame(program, activation)).toContain('object.a');
      expect(facts(program, activation).map(({ path }) => path)).toContain('object.a');
    }
  });

  it.each(shapes)('tells whose fault it is where each %s and the first one fails', (_, first, next, source) => {
    const program = compiled(source, chain(first.replace('object.a', 'object.missing'), next));
    const activation = new Activation(program.environment, { object: { a: 1 } });
    const fault = program.run(activation) as Fault;
    expect(culprits(program, activation, fault)).toBeDefined();
  });

  it('tells of one too long for the stack what it mentions, and fails no one', () => {
    const composer = chain('object.a == 1', (one) => `${one} && ${one}`);
    for (let index = 61; index <= 4000; index += 1)
      composer.add(`v${index}`, `variables.v${index - 1} && variables.v${index - 1}`);
    const program = compiled('!variables.v4000', composer);
    const activation = new Activation(program.environment, { object: { a: 1 } });
    expect(paths(program.ast.expr, program.environment.composed)).toEqual([['object']]);
    expect(facts(program, activation)).toEqual([{ path: 'object', kind: 'value', present: true, read: 'object' }]);
    expect(blame(program, activation)).toEqual([]);
  });

  it.each(shapes)('is typed, completed and shown to an editor where each %s', (_, first, next, source) => {
    const { environment } = chain(first, next);
    expect(hover(source, source.indexOf('v60'), environment)).not.toBeNull();
    expect(complete('variables.v6', 12, environment).items.map(({ label }) => label)).toContain('v60');
  });
});
