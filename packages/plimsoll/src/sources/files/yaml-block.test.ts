import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { BlockReader } from './yaml-block.ts';
import { parseYaml } from './yaml-document.ts';
import { documents, words } from './yaml-samples.fixture.ts';

const reader = new BlockReader();

/** What the full reader says of a text about which nothing is to be noticed. */
function full(text: string): { readonly value: Json } | 'noticed' | 'unreadable' {
  try {
    const { value, repeated, ignoredFrom, empty } = parseYaml(text);
    return repeated.length > 0 || ignoredFrom !== null || empty ? 'noticed' : { value };
  } catch (error) {
    if (error instanceof UnreadableYaml) return 'unreadable';
    throw error;
  }
}

/** Null where the block reader leaves the text to the full one, or says what that says; else both. */
function disagreement(text: string): object | null {
  const bytes = Buffer.from(text);
  const read = reader.document(bytes);
  if (read === null) return null;
  const [block, whole] = [{ value: read.value }, full(bytes.toString('utf8'))];
  return isDeepStrictEqual(block, whole) ? null : { text, block, whole };
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-0',
    labels: { 'app.kubernetes.io/name': 'web', y: 'yes', '1': 'one' },
    annotations: {
      note: 'a: "b" \\ c # d',
      port: '9090',
      script: "#!/bin/sh\n\nexec 'x'\n",
      empty: '',
      when: '2026-11-01',
    },
    managedFields: [{ fieldsV1: { 'f:metadata': { '.': {}, 'k:{"name":"app"}': {} } } }],
  },
  spec: {
    containers: [
      { name: 'app', args: ['-v', '--x=y', 'http://a/b?c=d#e'], resources: { limits: { cpu: '100m', memory: 0.5 } } },
    ],
    priority: -1,
    mode: 420,
    hostNetwork: false,
    nodeName: null,
    tolerations: [],
    nested: [[1, [2]], [{ a: 1, b: [{ c: 2 }] }]],
  },
};

/** Characters at which YAML turns. */
const turn = fc.oneof(
  fc.constantFrom(...' \n-:#\'"\\|>{}[],&*!?%@`~.+_0x1eyn<=\t\r\0\u007f\u0085\u00a0\u2028\ufeffé😀'),
  fc.constantFrom(..."  ,\n  ,\n\n,: , #,- ,|\n,|-\n,|+\n,'',\\n,---\n,...\n,<<: ,a: ,a:\n".split(',')),
);

describe('given a document, then the block reader says what the full reader says, or leaves it to that', () => {
  test.each(words)('when a scalar is %j', (word) => {
    const texts = [`a: ${word}\n`, `a: ${word}`, `${word}: a\n`, `a:\n- ${word}\n`, `a:\n  - ${word}: b\n    c: d\n`];
    const more = [`a: "${word}"\n`, `'${word}': a\n`, `a: ${word} # c\n`, `a: |\n  ${word}\n`, `a: ${word}  \nb: c\n`];
    expect([...texts, ...more].map(disagreement)).toEqual(Array(10).fill(null));
  });

  test.each(documents)('when it is %j', (text) => {
    const texts = [
      text,
      `${text}\n`,
      `a:\n${text.replace(/^/gm, '  ')}\n`,
      `a:\n  - ${text.replaceAll('\n', '\n    ')}\nb: c\n`,
    ];
    expect(texts.map(disagreement)).toEqual([null, null, null, null]);
  });

  test('when a manifest is changed here and there', () => {
    const manifest = fc.constantFrom(
      dump(pod),
      dump(pod, { noArrayIndent: true } as object),
      dump(pod, { forceQuotes: true }),
    );
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(3), by: turn });
    fc.assert(
      fc.property(manifest, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        const changed = changes.reduce((before, { at, length, by }) => {
          const offset = Math.floor(at * before.length);
          return before.slice(0, offset) + by + before.slice(offset + length);
        }, text);
        expect(disagreement(changed)).toBeNull();
      }),
      { numRuns: 5000 },
    );
  });

  test('when it is put together of such pieces', () => {
    const text = fc.array(
      fc.oneof({ weight: 2, arbitrary: turn }, { weight: 1, arbitrary: fc.constantFrom('a', 'bc', ...words) }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(text, (pieces) => {
        expect(disagreement(pieces.join(''))).toBeNull();
        expect(disagreement(`a:\n  ${pieces.join('')}\n`)).toBeNull();
        expect(disagreement(`a: |\n  x${pieces.join('')}\n`)).toBeNull();
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('given the styles in which kubectl and Helm print', () => {
  test.each([
    ['a manifest', dump(pod)],
    ['comments on lines of their own', `# Source: chart/x.yaml\n\n${dump({ a: 1 })}  # end\n`],
    ['sequences below their key', 'a:\n- b: 1\n  c: 2\n- d\n'],
    ['text beyond ASCII', 'a: Größe\n"é": 日本\nü: 1\n'],
  ])('when it is %s, then the block reader reads it', (_, text) => {
    expect({ value: reader.document(Buffer.from(text))?.value }).toEqual(full(text));
  });
});

describe('given the items of a list', () => {
  test('when they are read one by one, then they are those of the list, and where the next begins is told', () => {
    const items = fc.array(fc.constantFrom<Json>(pod, { a: 1 }, { b: ['x\n', { c: null }] }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(items, fc.constantFrom('', '\n', '# c\n', '    # d\n\n'), (list, between) => {
        const texts = list.map((item) => `${dump([item])}${between}`);
        const bytes = Buffer.from(texts.join(''));
        let from = 0;
        const read = texts.map((text) => {
          const item = reader.item(bytes, from, 0, true);
          from += Buffer.byteLength(text);
          return { value: item?.value, end: item?.end, lines: item?.lines };
        });
        expect(read).toEqual(expectedOf(list, texts));
      }),
    );
  });

  test('when the bytes may go on, then an item whose end is not there is not given', () => {
    const bytes = Buffer.from('  - a: 1\n    b: 2\n');
    expect(reader.item(bytes, 0, 2, false)).toBeNull();
    expect(reader.item(bytes, 0, 2, true)).toEqual({ value: { a: 1, b: 2 }, end: 18, before: 0, lines: 2 });
  });

  test('when the mapping begins below its dash, then the lines before it are told', () => {
    expect(reader.item(Buffer.from('-\n  # c\n  a: 1\n- b: 2\n'), 0, 0, false)).toEqual({
      value: { a: 1 },
      end: 15,
      before: 2,
      lines: 3,
    });
  });
});

function expectedOf(list: readonly Json[], texts: readonly string[]): readonly object[] {
  let end = 0;
  return texts.map((text, index) => {
    end += Buffer.byteLength(text);
    return { value: list[index], end, lines: text.split('\n').length - 1 };
  });
}
