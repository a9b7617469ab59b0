import { describe, expect, test } from 'vitest';
import { PlimsollError } from '../model/errors.ts';
import { parseCommandLine } from './program.ts';

function options(line: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const invocation = parseCommandLine(line, environment);
  expect(invocation.kind).toBe('command');
  return invocation.kind === 'command' ? invocation.options : undefined;
}

function refusal(line: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  try {
    parseCommandLine(line, environment);
  } catch (error) {
    return error instanceof PlimsollError ? `${error.code} ${error.message}` : String(error);
  }
  return 'none';
}

describe('options', () => {
  test('given nothing, then each has its default', () => {
    expect(options(['scan', 'x'])).toMatchObject({
      output: 'table',
      verdicts: 'failing',
      'fail-on': 'high',
      guardrails: [],
    });
  });

  test('given a variable, then it outranks the default, and a flag outranks it', () => {
    const environment = { PLIMSOLL_FAIL_ON: 'low', PLIMSOLL_GUARDRAILS: 'a,b', PLIMSOLL_ALLOW_UNKNOWN: 'true' };
    expect(options(['scan', 'x'], environment)).toMatchObject({
      'fail-on': 'low',
      guardrails: ['a', 'b'],
      'allow-unknown': true,
    });
    expect(options(['scan', 'x', '--fail-on', 'none'], environment)).toMatchObject({ 'fail-on': 'none' });
  });

  test('given a format that only scan has as a variable, then scan takes it and others refuse it', () => {
    expect(options(['scan', 'x'], { PLIMSOLL_OUTPUT: 'sarif' })).toMatchObject({ output: 'sarif' });
    expect(refusal(['findings'], { PLIMSOLL_OUTPUT: 'sarif' })).toMatch(/^PLM1002 PLIMSOLL_OUTPUT=sarif/);
  });

  test('given an option again and again, then its values add up and targets stay targets', () => {
    const invocation = parseCommandLine(['up', '--context', 'a', '--context', 'b', 'manifests'], {});
    expect(invocation).toMatchObject({ words: ['manifests'], options: { context: ['a', 'b'] } });
  });

  test('given --no-color, then color is off', () => {
    expect(options(['version'])).toMatchObject({ color: true });
    expect(options(['version', '--no-color'])).toMatchObject({ color: false });
  });
});

describe('mistakes', () => {
  test.each([
    [['scann'], /^PLM1001 unknown command 'scann'[^]*scan/],
    [['scan'], /^PLM1001 missing required argument 'TARGET'/],
    [['scan', 'x', '--fail-onn', 'low'], /^PLM1001 unknown option '--fail-onn'[^]*--fail-on/],
    [['scan', 'x', '--fail-on', 'bad'], /^PLM1002 .*critical, high, medium, low, info, none/],
    [['findings', '--limit', '0'], /^PLM1002 .*whole number/],
    [['version', 'x'], /^PLM1001 too many arguments/],
    [['--version'], /^PLM1001 unknown option '--version'[^]*`plimsoll version`/],
    [['up', '--context', 'a', '--all-contexts'], /^PLM1002 --all-contexts and --context exclude each other/],
    [['guardrails', 'lisst'], /^PLM1001 unknown command 'lisst'/],
  ])('given %j, then it is refused with its code', (line, expected) => {
    expect(refusal(line)).toMatch(expected);
  });

  test.each([[[]], [['--help']], [['scan', '--help']], [['guardrails']]])('given %j, then help is shown', (line) => {
    expect(parseCommandLine(line, {})).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('Usage: plimsoll'),
    });
  });
});
