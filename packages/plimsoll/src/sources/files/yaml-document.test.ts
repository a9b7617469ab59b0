import { isDeepStrictEqual } from 'node:util';
import { Oracle, testClusterOrSkip } from '@plimsoll/testcluster';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { parseYaml } from './yaml-document.ts';
import { documents, words } from './yaml-samples.fixture.ts';

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
    // V8 13.6 misreads JSON keys of one escaped character now and then (json-reader.test.ts): kubectl's answer is JSON
    const key = text.filter((word) => !/^["\\\n]$/.test(word));
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 1.5, 1e21),
        fc.integer(),
        text,
        fc.array(tie('json')),
        fc.dictionary(key, tie('json')),
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
