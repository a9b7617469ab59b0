import { isDeepStrictEqual } from 'node:util';
import { Oracle, testClusterOrSkip } from '@plimsoll/testcluster';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { parseYaml } from './yaml-document.ts';

const oracle = await testClusterOrSkip(() => Oracle.start('yaml'));
afterAll(() => oracle?.close());

/** JSON, or the word that there is none. Integers beyond 2⁵³ as doubles, which the oracle's answer is read as. */
type Reading = { readonly json: Json } | 'unreadable';

function ours(text: string): Reading {
  try {
    const { value } = parseYaml(text);
    return {
      json: JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item))),
    };
  } catch (error) {
    if (error instanceof UnreadableYaml) return 'unreadable';
    throw error;
  }
}

async function kubectls(text: string): Promise<Reading> {
  const answer = (await oracle?.ask({ yaml: text })) as { readonly json: Json } | { readonly error: string };
  return 'json' in answer ? { json: JSON.parse(JSON.stringify(answer.json)) } : 'unreadable'; // without -0
}

const words = `yes Yes YES no on On ON off y Y n N true True TRUE false null Null ~ nUll tRue yEs
0 -0 +0 00 007 0644 0o644 0O644 08 09 0b101 -0b11 0x1f 0X1F -0x1f 0x 0xg 1_000 1__0 _1 1_ 0_7 12e3 1e3 1E3 1e+3 1.5e-3 1e 1e400
.5 -.5 +.5 5. 5.e1 . .. 1.2.3 1.0 1.10 -1.0 +1 +12 12345678901234567890 9007199254740993 -9223372036854775808 18446744073709551615
18446744073709551616 .inf -.inf +.Inf .INF .nan .NaN .NAN inf nan Infinity 12:30:45 190:20:30 1:2 0:1 2001-01-01 2001-1-1
2001-12-14t21:59:43.10-05:00 2001-12-14 2001-12-14T21:59:43Z 192.168.0.1 1.2.3.4/24 100m 128Mi 1Gi 0.5e3 0777_0 1,000 1_000.5 6.02_2 =
== <<x - -- :a a:b a:b:c http://x/y?z=1#f v1.29 a#b #c !x *a &b %d @e \`f 'q' "q" "\\u00e9\\x41\\n" 'it''s' "a\\
  b" é 日本 😀 {} [] {a} {a:1} {"a":1} {"a":b} [a,b] [a,,b] [,a] {a,b:} |x >x ? ?a ~a null1 truex on1 0o 0o8 0o17 -0o17 0b2 1e-400 -.5e3
0x7fffffffffffffff 0x8000000000000000 0xffffffffffffffff 0x10000000000000000 -0x8000000000000000 0b1111111111111111111111111111111111111111111111111111111111111111
01e3 -012 +012 0.0 -0.0 1.7976931348623157e308 4.9e-324 123456789012345678901234567890 0.1e1 00.5 1e05 __ 0_ 0x_1 0x1_f .5_0 ._5`
  .split(/\s+/)
  .filter((word) => word !== '');

/** Documents of every construct that kubectl's reader has an opinion on. */
const documents: readonly string[] = [
  '',
  ' ',
  '\n',
  '# x',
  '---',
  '--- a',
  '---\na',
  '...',
  'a: 1\n...\nb: 2',
  '\ufeffa: 1',
  'a: 1\r\nb: 2\r\n',
  'a: 1\rb: 2',
  'a:\n',
  'a: ',
  'a:',
  ': a',
  '? a\n: b',
  '? [a]\n: b',
  '? {a: 1}\n: b',
  '? |\n  x\n: b',
  '{a: 1}: b',
  '[a]: b',
  '~: a',
  ': ',
  'a: b: c',
  'a: "b" c',
  'a:\tb',
  '\ta: b',
  'a: b\n\tc: d',
  'a:\n\t- b',
  'a: [b\n]',
  'a: {b: c\n}',
  'a: [b,\n  c]',
  'a: b\n c: d',
  ' a: b\nc: d',
  '- a\n- b',
  '- - a\n  - b',
  '-\n  a: 1',
  '- a: 1\n  b: 2\n-\n- ~',
  'a:\n- b\n- c',
  'a:\n  - b\n - c',
  '-a\n-b',
  '- a\nb: c',
  'a: &x 1\nb: *x',
  'a: &x {b: 1}\nc: *x',
  'a: *x',
  'a: &x [*x]',
  '&x a: 1\nb: *x',
  'a: &x\nb: *x',
  'a: &x 1\nb: &x 2\nc: *x',
  '*x : 1',
  '&a b: &c d\n*a : 1',
  'a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3',
  'a: &x {b: 1}\nd:\n  b: 2\n  <<: *x',
  'd:\n  <<: [{a: 1, b: 1}, {a: 2, c: 2}]\n  b: 3',
  '<<: 1',
  '<<: [1]',
  '<<: ~',
  '"<<": {a: 1}',
  '? <<\n: {a: 1}',
  'a:\n  <<: {b: 1}\n  <<: {b: 2, c: 3}',
  'a: 1\na: 2',
  'a: {b: 1, b: 2}',
  'yes: 1\ntrue: 2',
  'a: 1\nb: 2\na: {c: 3}',
  'yes: 1',
  'y: 1',
  'n: 1',
  'on: 1\noff: 2',
  '1: a',
  '1.5: a',
  '0x10: a',
  '0644: a',
  '1e3: a',
  '.5: a',
  '1.0: a',
  '100000000000000000000: a',
  'null: a',
  '2001-01-01: a',
  '.inf: a',
  '-1: a',
  '12:30: a',
  '0.1: a',
  '1e30: a',
  '3.141592653589793: a',
  'a: !!str 1',
  'a: !!int "1"',
  'a: !!int x',
  'a: !!float 1',
  'a: !!float "1.5"',
  'a: !!bool "yes"',
  'a: !!bool x',
  'a: !!null ""',
  'a: !!null x',
  'a: !!binary aGVsbG8=',
  'a: !!binary "a"',
  'a: !!binary |\n  aGVs\n  bG8=',
  'a: !x 1',
  'a: !x {b: 1}',
  'a: !<tag:yaml.org,2002:str> 1',
  'a: ! 1',
  'a: !!seq [1]',
  'a: !!map {b: 1}',
  'a: !!set {b, c}',
  'a: !!omap [b: 1]',
  'a: !!timestamp 2001-01-01',
  'a: !!str',
  'a: !!str ~',
  '!!str a: b',
  'a: !!binary /w==',
  'a: |\n  b\n  c\n',
  'a: |-\n  b\n',
  'a: |+\n  b\n\n\n',
  'a: >\n  b\n  c\n\n  d\n',
  'a: >-\n  b\n   c\n  d',
  'a: |2\n   b',
  'a: |1-\n  b',
  'a: |\n\n\n  b',
  'a: |\n   b\n  c',
  'a: |\nb: 1',
  'a: |  # c\n  b',
  'a: |x\n  b',
  'a: |0\n  b',
  'a: |\n  b\n # c\nd: 1',
  'a: >\n\n  b\n\n\n  c',
  'a: |\n  \tb',
  '- |\n a\n- >\n b',
  'a: |+\n\nb: 1',
  'a: >+\n  b\n\n',
  'a: |\n  b\r\n  c\r\n',
  'a: b\n  c',
  'a: b\n  c\n\n  d',
  'a: b # c',
  'a: b#c',
  'a: "b\n  c"',
  'a: "b\n\n  c"',
  "a: 'b\n  c'",
  'a: "b\\\n  c"',
  'a: "\\q"',
  'a: "\\u12"',
  'a: "\\ud83d\\ude00"',
  'a: "\\U0001F600"',
  'a: "\\0\\a\\b\\e\\v\\_\\N\\L\\P\\/"',
  'a: "',
  "a: 'b",
  'a: "b" # c',
  'a: "b"#c',
  'a: \u0000',
  'a: \u0007',
  'a: \u007f',
  'a: \u0085b',
  'a: \u2028b',
  'a: \ufeff',
  'a: \ud7ff',
  'a: "\u0001"',
  '{a: b, c: d}',
  '{a: b, c: d,}',
  '{a: [b, {c: d}]}',
  '{a b: c}',
  '{a: b c: d}',
  '{"a":b}',
  '{"a" : b}',
  '{a:b}',
  '{a: }',
  '{a}',
  '{: a}',
  '{? a : b}',
  '[a: b]',
  '[a: b, c]',
  '[? a : b]',
  '[a, b: c, ]',
  '[',
  '{',
  ']',
  '}',
  '[]]',
  '{a: [}',
  '[a\nb]',
  '{a: b\n}',
  '{\n}',
  '[- a]',
  '{a: - b}',
  '[a, # c\nb]',
  '{a: \'b\', "c": d}',
  '{a: "b"c}',
  '[1 2, 3]',
  '{a: &x b, c: *x}',
  '[&x , *x]',
  '__proto__: 1',
  'constructor: {a: 1}\n__proto__: {b: 2}',
  '"": a',
  "'': a",
  '😀: 日本',
  'a.b/c: d',
  'a: {__proto__: {x: 1}}',
  'toString: 1\ntoString: 2',
  '<<: {__proto__: 1}',
  '%YAML 1.1\n---\na: 1',
  '%YAML 1.2\n---\na: 1',
  '%YAML 2.0\n---\na: 1',
  '%TAG ! x\n---\na: 1',
  '%TAG !e! tag:e.com,2000:\n---\na: !e!x 1',
  '%FOO\n---\na: 1',
  'a: 1\n%YAML 1.1',
  'a: @b',
  'a: `b',
  'a: %b',
  'a: -',
  'a: - b',
  'a: ?',
  'a: ? b',
  'a: :',
  'a: :b',
  'a: ::',
  'a: ,',
  'a: ]',
  'a: }',
  'a: &',
  'a: *',
  'a: !',
  'a: >',
  'a: |',
  'a: #',
  '- ',
  '-',
  '- -',
  '?',
  ':',
  '? ',
  '&a',
  '*a',
  '!a',
  '@',
  '`',
  '%',
  '"a": b\n"c"',
  'a\nb',
  'a\nb: c',
  'a: b\nc',
  '- a\n b',
  '- a: b\n  c',
  '- a: b\n c: d',
  '"a"b: c',
  "'a'b: c",
  '"a": 1',
  "'a' : 1",
  'a : 1',
  'a b : 1',
  'a: 1 : 2',
  'a  :  1',
  '"a\nb": 1',
  '"a": \n  1',
];

/** Where js-yaml and go-yaml v2 part, and why that stands. */
const differences: ReadonlyMap<string, string> = new Map([
  ...['{a: -}', '[-]', '"a": 1\n%YAML 1.1', 'a: "b"#c'].map(
    (text) => [text, 'refused here, said so: nothing is judged wrongly'] as const,
  ),
  ...['{}: a', '[]: a', ' a: b\nc: d', '[]]', 'a: 1\n%YAML 1.1'].map(
    (text) => [text, 'go-yaml drops the rest without a word; here it is an error'] as const,
  ),
  ...['{a: :a}', '[:a]', '{a: ?a}', '{a: http://x/y?z=1#f}', '[http://x/y?z=1#f]', '{a: !x}', '[!x]', '&b: a'].map(
    (text) => [text, 'kubectl refuses it: no cluster will hold it'] as const,
  ),
  ...[
    'a: |\n  \tb',
    'a: "\\ud83d\\ude00"',
    'a: "\\0\\a\\b\\e\\v\\_\\N\\L\\P\\/"',
    '...',
    '%YAML 1.2\n---\na: 1',
    '%FOO\n---\na: 1',
  ].map((text) => [text, 'kubectl refuses it: no cluster will hold it'] as const),
  ...['a: \u0085b', 'a: \u2028b'].map(
    (text) => [text, 'YAML 1.1 line breaks that YAML 1.2 dropped; kubectl refuses them here'] as const,
  ),
  ...['[?a]', 'a: {a,b:}', '- {a,b:}', '{a: {a,b:}}', '[{a,b:}]', 'a: {a,b:} # c'].map(
    (text) => [text, 'indicators inside a word in flow style, which nobody means'] as const,
  ),
]);

/** Both readings; of a text that is listed as read differently, whether that is still so. */
async function readings(text: string): Promise<{ readonly us: object; readonly them: object }> {
  const [us, them] = [ours(text), await kubectls(text)];
  if (!differences.has(text)) return { us: { text, read: us }, them: { text, read: them } };
  return { us: { text, differs: !isDeepStrictEqual(us, them) }, them: { text, differs: true } };
}

describe.skipIf(oracle === null)("given what sigs.k8s.io/yaml reads, which is kubectl's reader", () => {
  test.each(words)('when a scalar is %j, then value, key and item are the same', async (word) => {
    const texts = [
      `a: ${word}`,
      `${word}: a`,
      `- ${word}`,
      `{a: ${word}}`,
      `[${word}]`,
      `a: "${word}"`,
      `a: ${word} # c`,
    ];
    for (const text of texts) {
      const { us, them } = await readings(text);
      expect(us).toEqual(them);
    }
  });

  test.each(documents)('when a document is %j, then it is the same', async (text) => {
    const { us, them } = await readings(text);
    expect(us).toEqual(them);
  });

  test('when documents are put together of such pieces, then they are the same', async () => {
    const scalar = fc.constantFrom(
      ...words.filter((word) => !/\{a,b:\}|\.(?:inf|nan)/i.test(word)),
      'a b',
      "'a: b'",
      '"a\\nb"',
      '"x"',
    );
    const key = fc.constantFrom('a', 'b', '"c d"', 'yes', '1', '? x\n', 'e.f/g', "'h'");
    const { node } = fc.letrec<{ node: readonly string[] }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        scalar.map((text) => [text]),
        fc
          .array(tie('node'), { minLength: 1, maxLength: 3 })
          .map((items) => items.flatMap(([first, ...rest]) => [`- ${first}`, ...rest.map((line) => `  ${line}`)])),
        fc
          .uniqueArray(fc.tuple(key, tie('node')), { minLength: 1, maxLength: 3, selector: ([name]) => name })
          .map((members) =>
            members.flatMap(([name, lines]) =>
              lines.length === 1 ? [`${name}: ${lines[0]}`] : [`${name}:`, ...lines.map((line) => `  ${line}`)],
            ),
          ),
        fc
          .constantFrom('|', '>-', '|+', '>')
          .chain((mark) =>
            fc
              .array(fc.constantFrom('  x', '   y', '', '  # z', '  a: b'), { minLength: 1, maxLength: 4 })
              .map((lines) => [mark, ...lines]),
          ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(node, fc.constantFrom('\n', '\r\n'), async (lines, end) => {
        const text = `root:\n${lines.map((line) => `  ${line}`).join(end)}${end}`;
        expect(ours(text)).toEqual(await kubectls(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('when any JSON value is dumped in any style, then it is the same', async () => {
    // in flow style `?` begins a key to go-yaml v2, even inside a word, and `:` may begin none
    const text = fc
      .string({ unit: fc.constantFrom(...'ab yn01.:-#\'"\\\n~{}[],&*!|>%@é😀') })
      .filter((word) => !word.startsWith(':'));
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 1.5, 1e21),
        fc.integer(),
        text,
        fc.array(tie('json')),
        fc.dictionary(text, tie('json')),
      ),
    }));
    const styles = fc.record({
      flowLevel: fc.constantFrom(-1, 0, 1, 2),
      forceQuotes: fc.boolean(),
      indent: fc.constantFrom(1, 2, 4),
      lineWidth: fc.constantFrom(20, 80, -1),
    });
    await fc.assert(
      fc.asyncProperty(json, styles, async (value, style) => {
        const text = dump({ root: value }, style);
        expect(ours(text)).toEqual(await kubectls(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('given integers beyond 2⁵³', () => {
  test.each([
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['0x7fffffffffffffff', 9223372036854775807n],
    ['9_007_199_254_740_993', 9007199254740993n],
  ])('when %s is read, then it is exact', (text, value) => {
    expect(parseYaml(`a: ${text}`).value).toEqual({ a: value });
  });
});
