import { describe, expect, it } from 'vitest';
import {
  Activation,
  CompileError,
  type Fault,
  type Program,
  blame,
  compile,
  culprits,
  evaluate,
  explain,
  facts,
  kubernetes,
  parse,
} from './index.ts';
import { kyverno } from './kyverno.ts';
import { Random } from './conformance/differential/random.ts';
import { hostileRun } from './conformance/differential/hostile.ts';

const kubernetesNewest = kubernetes('1.36', 'stored', { variables: ['object'] });
const text = 'x'.repeat(100_000);
const object = { text, list: Array.from({ length: 100_000 }, (_, i) => i), lone: 'a\ud800b\udc00' };

const doubled = (start: string, body: string, times: number): string =>
  `optional.of(${start})${`.optMap(a, ${body})`.repeat(times)}.hasValue()`;

/** True where it has a value, an error, or does not compile. */
function answered(source: string, environment = kyverno({ variables: ['object'] })): boolean {
  try {
    return evaluate(source, { object }, environment) !== undefined;
  } catch (error) {
    if (error instanceof CompileError) return true;
    throw error;
  }
}

/** A second is far more than any of them takes; without a bound they take hours, or all memory. */
const SOON = 5_000;

describe('given an expression that would grow beyond all bounds', () => {
  it.each([
    ['text by +', doubled('object.text', 'a + a', 60)],
    ['text by format', doubled("'abcdefgh'", "'%s%s'.format([a, a])", 60)],
    ['text by replace', doubled("'aa'", "a.replace('a', a)", 30)],
    ['text by join', doubled("'abcdefgh'", '[a, a].join()', 60)],
    ['lists by +', doubled('[1]', 'a + a', 60)],
    ['lists by flatten', doubled('[1]', '[a, a].flatten()', 60)],
    [
      'lists in lists, compared',
      `${doubled('[1]', '[a, a]', 50)} && [1].map(y, optional.of([1])${'.optMap(a, [a, a])'.repeat(50)}.value() == optional.of([1])${'.optMap(b, [b, b])'.repeat(50)}.value())[0]`,
    ],
    [
      'lists in lists, written',
      doubled('[1]', '[a, a]', 40).replace('.hasValue()', ".optMap(a, '%s'.format([a])).hasValue()"),
    ],
    [
      'lists in lists, walked',
      doubled('[1]', '[a, a]', 40).replace('.hasValue()', '.optMap(a, dyn(a).indexOf(1)).hasValue()'),
    ],
    ['a range', 'lists.range(1000000000).size() > 0'],
    ['a loop in a loop', 'object.list.all(x, object.list.all(y, x >= 0 || y >= 0))'],
    ['membership in a loop', 'object.list.all(x, x in object.list)'],
    ['a search in a loop', 'object.list.all(x, object.text.contains("y") || true)'],
    ['a pattern in a loop', "object.list.all(x, object.text.matches('(x+x+)+y') || true)"],
  ])('when it is %s, then it ends soon', { timeout: SOON }, (_, source) => {
    const began = performance.now();
    expect(answered(source, kubernetesNewest)).toBe(true);
    expect(performance.now() - began).toBeLessThan(SOON);
  });
});

describe('given a program that its cost has ended', () => {
  it.each([
    ['blame', blame],
    ['facts', facts],
    ['explain', explain],
    ['culprits', (program: Program, on: Activation) => culprits(program, on, program.run(on) as Fault).operands],
  ])('%s ends soon as well', { timeout: SOON }, (_, ask) => {
    const program = compile(parse('object.list.distinct().size() > 0'), kubernetesNewest);
    const activation = new Activation(kubernetesNewest, { object });
    expect(program.run(activation)).toMatchObject({ kind: 'cost' });
    const began = performance.now();
    expect(ask(program, activation).length).toBeLessThan(10);
    expect(performance.now() - began).toBeLessThan(SOON);
  });
});

describe('given input at the edge', () => {
  it.each([
    ['object.lone.size()', 4],
    ['object.lone.charAt(1).size()', 1],
    ['strings.quote(object.lone).size() > 0', true],
    ["object.lone.matches('a.b.')", true],
    ["'%x'.format([object.lone]).size() > 0", true],
    ['object.lone.lowerAscii().size()', 4],
  ])('lone surrogates are characters: %s', (source, value) => {
    expect(evaluate(source, { object }, kubernetesNewest)).toBe(value);
  });

  it.each([
    "'a'.matches('(a{1000}){1000}')",
    "'a'.matches('((((((((((a{10}){10}){10}){10}){10}){10}){10}){10}){10}){10})')",
    "'a'.find('(?:a?){999}(?:a){999}')",
    "quantity('1e999999999').asInteger()",
    "quantity('1' + '0'.replace('0', object.text)).isInteger()",
    "semver('1.2.3-' + object.text).major()",
    'url(object.text).getHost()',
    'duration(object.text + "s")',
    'timestamp(object.text)',
    "'%.1000000f'.format([1.5])",
    'int(object.text.replace("x", "9"))',
    'double(object.text.replace("x", "9"))',
    'base64.decode(object.text)',
    'math.bitShiftLeft(1, 9223372036854775807)',
  ])('%s has an answer', { timeout: SOON }, (source) => {
    expect(answered(source)).toBe(true);
  });
});

describe('given anything at all', () => {
  it('every run ends with a value, an error or a compile error, soon', { timeout: 30_000 }, () => {
    const random = new Random(1);
    const slowest = Math.max(...Array.from({ length: 3_000 }, () => hostileRun(random).milliseconds));
    expect(slowest).toBeLessThan(2_000);
  });
});
