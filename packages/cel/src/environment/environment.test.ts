import { describe, expect, it } from 'vitest';
import { CompileError, evaluate, kubernetes } from '../index.ts';
import { kyverno } from '../kyverno.ts';

describe('environments', () => {
  it('name the version that has what an older one lacks', () => {
    expect(() => evaluate('[1].distinct()', {}, kubernetes('1.31', 'stored'))).toThrow(
      'Kubernetes 1.34 and later have it',
    );
    expect(evaluate('[1, 1].distinct()', {}, kubernetes('1.34', 'stored'))).toEqual([1]);
  });

  it.each([
    ['[1].all(i, v, true)', '1.31', 32],
    ['[1].transformList(i, v, v)', '1.31', 32],
    ['{}.?a', '1.27', 28],
    ['[?{}[?"a"]]', '1.27', 28],
    ['optional.of(1).optMap(x, x)', '1.27', 28],
    ["quantity('1')", '1.27', 28],
    ["'%d'.format([1])", '1.28', 29],
    ["ip('::1')", '1.29', 30],
    ["format.named('date')", '1.30', 31],
    ["authorizer.group('').resource('pods').fieldSelector('a=b')", '1.30', 31],
    ["semver('1.2.3')", '1.32', 33],
    ['sets.contains([1], [1])', '1.28', 29],
    ["strings.quote('a')", '1.28', 29],
    ['lists.range(3)', '1.33', 34],
    ['[1].sortBy(x, x)', '1.33', 34],
  ])('say of %s on %s that 1.%i has it, checked or not', (source, version, later) => {
    const environment = kubernetes(version, 'stored', { variables: ['authorizer'] });
    const words = `Kubernetes 1.${later} and later have it`;
    expect(() => evaluate(source, {}, environment)).toThrow(words);
    expect(() => evaluate(source, {}, environment, { check: false })).toThrow(words);
  });

  it.each([
    ['1 < 1.5', '1.27', 28],
    ["type('a') == net.IP", '1.29', 30],
  ])('say of %s on %s, which is a matter of types, that 1.%i has it', (source, version, later) => {
    expect(() => evaluate(source, {}, kubernetes(version, 'stored'))).toThrow(
      `Kubernetes 1.${later} and later have it`,
    );
  });

  it.each(['1.26', '1.37', '1.99', '1.3', '1.036', '1.36junk', '1.36.1', 'v1.36', '1.31+', '36', ''])(
    'are there for the versions that are known, and not for %j',
    (version) => {
      expect(() => kubernetes(version, 'stored')).toThrow(
        new RangeError(`no version of Kubernetes from 1.27 to 1.36: ${version}`),
      );
    },
  );

  it.each(['1.27', '1.36'])('are there for %s, of new expressions and of stored ones', (version) => {
    expect(evaluate('1 + 1', {}, kubernetes(version, 'new'))).toBe(2);
    expect(evaluate('1 + 1', {}, kubernetes(version, 'stored'))).toBe(2);
  });

  it('accept new expressions with the libraries of the version before', () => {
    expect(() => evaluate('[1].distinct()', {}, kubernetes('1.34', 'new'))).toThrow(CompileError);
    expect(evaluate('[1].distinct()', {}, kubernetes('1.35', 'new'))).toEqual([1]);
  });

  it.each([{ check: true }, { check: false }])(
    'say of a new expression which version will accept it: %j',
    (options) => {
      expect(() => evaluate('[1].distinct()', {}, kubernetes('1.34', 'new'), options)).toThrow(
        'Kubernetes 1.34 and later have it, in new expressions 1.35 and later',
      );
    },
  );

  it('have cel.bind in Kyverno alone', () => {
    expect(() => evaluate('cel.bind(x, 1, x + 1)', {}, kubernetes('1.36', 'stored'))).toThrow(CompileError);
    expect(evaluate('cel.bind(x, 1, x + 1)', {}, kyverno())).toBe(2);
  });

  it('say the nearest name of a misspelt one', () => {
    const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
    expect(() => evaluate('objct.a', { object: {} }, environment)).toThrow("did you mean 'object'?");
    expect(() => evaluate("'a'.startWith('a')", {}, environment)).toThrow("did you mean 'startsWith'?");
    expect(() => evaluate('[1].al(x, true)', {}, environment)).toThrow("did you mean 'all'?");
    // Of one variable Kubernetes has it in no version.
    expect(() => evaluate('[1].existsOne(x, true)', {}, environment)).toThrow("did you mean 'exists_one'?");
    expect(() => evaluate('[1].existsOne(x, true)', {}, kubernetes('1.30', 'stored'))).toThrow("'exists_one'?");
  });
});
