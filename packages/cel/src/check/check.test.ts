import { describe, expect, it } from 'vitest';
import { CompileError, Composer, admission, check, compile, kubernetes, parse, schemaType, types } from '../index.ts';
import { standard } from '../standard.ts';
import { formatType } from './types/format-type.ts';

const text = { type: 'string' };
const pod = schemaType(
  {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { containers: { type: 'array', items: text }, 'node-name': text } },
    },
  },
  'Pod',
);
const environment = admission(kubernetes('1.36', 'stored', { variables: ['object', 'request'] }), {
  types: { object: pod?.type ?? types.dyn },
});

function faults(source: string): readonly (readonly [string, string])[] {
  return check(parse(source), environment).issues.map(({ message, hint }) => [message, hint ?? ''] as const);
}

describe('check', () => {
  it.each([
    ['object.spec.container', "undefined field 'container'", "did you mean 'object.spec.containers'?"],
    ['object.sepc.containers', "undefined field 'sepc'", "did you mean 'object.spec'?"],
    ['objct.spec', "undeclared reference to 'objct' (in container '')", "did you mean 'object'?"],
    ["'a'.startWith('b')", "undeclared reference to 'startWith' (in container '')", "did you mean 'startsWith'?"],
    ["1 + 'a'", "found no matching overload for '_+_' applied to '(int, string)'", ''],
    ['object.spec.zzzzzz', "undefined field 'zzzzzz'", ''],
  ])('%s: says what is wrong, and beside it what may be meant', (source, message, hint) => {
    expect(faults(source)).toEqual([[message, hint]]);
  });

  it('refuses fields in backticks, which Kubernetes does not switch on, checked or not', () => {
    const fault = "unsupported syntax: '`'";
    expect(faults('object.spec.`node-name`')).toEqual([[fault, "an index reads such a key: ['a.b/c']"]]);
    expect(() => compile(parse('object.spec.`node-name`'), environment, { check: false })).toThrow(fault);
    expect(check(parse('{"a-b": 1}.`a-b`'), standard()).issues).toEqual([]);
  });

  it('names the version that has what an older one lacks', () => {
    const old = kubernetes('1.30', 'stored');
    expect(check(parse("semver('1.0.0').major()"), old).issues.map(({ hint }) => hint)).toEqual([
      'Kubernetes 1.33 and later have it, in new expressions 1.34 and later',
      'Kubernetes 1.33 and later have it, in new expressions 1.34 and later',
    ]);
  });

  it('gives types and references of parts, a macro as a whole', () => {
    const ast = parse('object.spec.containers.map(c, c.size())');
    const checked = check(ast, environment);
    expect(formatType(checked.outputType)).toBe('list(int)');
    expect(checked.types.get(ast.expr)).toEqual(checked.outputType);
    const size = ast.expr.kind === 'macro' ? checked.references.get(ast.expr.body) : undefined;
    expect(size).toEqual({ kind: 'function', name: 'size', overloads: ['string_size'] });
  });

  it('types the variables of a policy by their expressions', () => {
    const composer = new Composer(environment, 'variables');
    composer.add('names', 'object.spec.containers');
    composer.add('spec', 'object.spec');
    expect(() => composer.add('wrong', 'variables.names > 1')).toThrow(CompileError);
    expect(check(parse('variables.names.all(n, n > 1)'), composer.environment).issues).toHaveLength(1);
    expect(check(parse('variables.spec.anything > 1'), composer.environment).issues).toEqual([]);
  });

  it('is left out on request, names and functions apart', () => {
    expect(() => compile(parse("1 + 'a'"), environment)).toThrow(CompileError);
    expect(compile(parse("1 + 'a'"), environment, { check: false })).toBeDefined();
    expect(() => compile(parse('nowhere'), environment, { check: false })).toThrow(CompileError);
  });
});
