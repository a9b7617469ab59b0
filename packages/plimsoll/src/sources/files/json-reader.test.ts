import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../model/json.ts';
import type { FileItem } from './file-item.ts';
import { readText } from './read-targets.ts';

async function read(text: string): Promise<readonly FileItem[]> {
  const found: FileItem[] = [];
  await readText(text, 'x.json', (items) => void found.push(...items));
  return found;
}

async function bodies(text: string): Promise<readonly Json[]> {
  return (await read(text)).flatMap((item) => (item.item === 'object' ? [item.body] : []));
}

async function shown(text: string): Promise<readonly string[]> {
  return (await read(text)).map((item) => {
    if (item.item === 'object') return `${item.kind} ${item.place.document}:${item.place.line}`;
    if (item.item === 'file') return `${item.documents} documents`;
    const { code, document, line, column } = item.problem;
    return `${code} ${document}:${line}:${column}`;
  });
}

/** Objects with what confuses a splitter in their strings and keys. */
const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('}', '{', '\\', '"', '\n        }', '":', '],', 'é😀', ''),
);
/**
 * V8 13.6 takes a key of one escaped character for the key of one character that stood there in the object before:
 * after JSON.parse('{"":1,"\\\\":2}'), JSON.parse('{"":1,"\\"":2}') has the key `\\`.
 */
const key = text.filter((one) => !/^["\\\p{Cc}]$/u.test(one));
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, -1.5, 1e21),
    text,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}));
const object = fc.dictionary(key, value, { maxKeys: 4 }).map((rest) => ({ ...rest, apiVersion: 'v1', kind: 'Pod' }));
const layout = fc.constantFrom<string | number | undefined>(undefined, 1, 2, 4, '\t', '  \t');

interface Written {
  readonly text: string;
  readonly objects: readonly object[];
}
const single = fc
  .record({ object, layout })
  .map(({ object, layout }): Written => ({ text: JSON.stringify(object, null, layout), objects: [object] }));
const list = fc
  .record({ items: fc.array(object, { maxLength: 6 }), first: fc.boolean(), layout })
  .map(({ items, first, layout }): Written => {
    const head = { apiVersion: 'v1', kind: 'List' };
    return { text: JSON.stringify(first ? { ...head, items } : { items, ...head }, null, layout), objects: items };
  });

describe('given JSON of any layout', () => {
  it('when lists and objects follow one another, then each object is what JSON.parse gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(list, single), { maxLength: 3 }), async (written) => {
        const expected = written.flatMap(({ objects }) => objects);
        expect(await bodies(written.map(({ text }) => text).join('\n'))).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  it('when an item stands on lines that close in the column of others, then it is still whole', async () => {
    const odd =
      '{"kind":"List","apiVersion":"v1","items":[\n  {"apiVersion":"v1","kind":"Pod","spec":{"a":[{\n  },\n  {"b":1\n  }]}},\n  {"apiVersion":"v1","kind":"Pod"}]}';
    expect(await bodies(odd)).toEqual((JSON.parse(odd) as { items: Json }).items);
  });

  it('when a list is beyond 8 MiB, then no item is lost, doubled or moved', async () => {
    const filler = 'x'.repeat(3000);
    const items = Array.from({ length: 4000 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      index,
      filler,
      end: { a: [index] },
    }));
    for (const layout of [undefined, 4]) {
      const found = await read(JSON.stringify({ apiVersion: 'v1', items, kind: 'List' }, null, layout));
      const objects = found.flatMap((item) => (item.item === 'object' ? [item] : []));
      expect(objects.map(({ body }) => body['index'])).toEqual(items.map(({ index }) => index));
      expect(objects.at(-1)?.place.line).toBe(layout === undefined ? 1 : 4 + 3999 * 11);
      expect(found.filter(({ item }) => item === 'problem')).toEqual([]);
    }
  });
});

describe('given a JSON list', () => {
  const pods = (kind: string, items: string) => `{"apiVersion":"v1","items":[${items}],"kind":"${kind}"}`;

  it('when its kind stands behind the items, then they have it all the same', async () => {
    expect(await shown(pods('PodList', '{"metadata":{"name":"a"}}'))).toEqual(['Pod 1:1', '1 documents']);
  });
  it('when the object is of another kind that has items, then it is one object', async () => {
    expect(await bodies(pods('Menu', '{"apiVersion":"v1","kind":"Pod"}'))).toEqual([
      { apiVersion: 'v1', kind: 'Menu', items: [{ apiVersion: 'v1', kind: 'Pod' }] },
    ]);
  });
  it('when an item is broken, then it is placed and hides none', async () => {
    const good = '    {\n      "apiVersion": "v1",\n      "kind": "Pod"\n    }';
    const bad = '    {\n      "apiVersion": "v1",\n      "kind" "Pod"\n    }';
    expect(
      await shown(`{\n  "apiVersion": "v1",\n  "items": [\n${good},\n${bad},\n${good}\n  ],\n  "kind": "List"\n}\n`),
    ).toEqual(['Pod 1:4', 'PLM1202 2:10:14', 'Pod 3:12', '3 documents']);
  });
  it('when a bracket or a quote of an item is missing, then its neighbours are read', async () => {
    const item = (spec: string) =>
      `    {\n      "apiVersion": "v1",\n      "kind": "Pod",\n      "spec": ${spec}\n    }`;
    for (const bad of ['{"a": [1, 2}', '{"a": 1', '{"a": "b}', '[[']) {
      const text = `{\n  "apiVersion": "v1",\n  "items": [\n${[item('{}'), item(bad), item('{}')].join(',\n')}\n  ],\n  "kind": "List"\n}\n`;
      expect((await shown(text)).map((line) => line.split(':')[0])).toEqual([
        'Pod 1',
        'PLM1202 2',
        'Pod 3',
        '3 documents',
      ]);
    }
  });
  it('when an item is no object, then that is said', async () => {
    expect(await shown(pods('List', 'null,"a",{"apiVersion":"v1","kind":"Pod"}'))).toEqual([
      'PLM1205 1:1:29',
      'PLM1205 2:1:34',
      'Pod 3:1',
      '3 documents',
    ]);
  });
  it.each([
    ['in one line', undefined, [1, 43], [1, 95]],
    ['on lines of their own', 2, [5, 5], [11, 5]],
  ] as const)('when items %s are bad, then each is named with its line and column', async (_, layout, first, last) => {
    const items = [null, { apiVersion: 'v1', kind: 'Pod', metadata: {} }, { apiVersion: 'v1' }];
    const found = await read(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, layout));
    const problems = found.flatMap((item) => (item.item === 'problem' ? [item.problem] : []));
    expect(problems).toMatchObject([
      { code: 'PLM1205', document: 1, line: first[0], column: first[1], message: 'items[0] is null, not an object' },
      { code: 'PLM1204', document: 3, line: last[0], column: last[1], message: 'items[2] has no kind' },
    ]);
  });
  it('when a list holds a list, then the way to its bad item is told', async () => {
    const inner = { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod' }, 7] };
    const found = await read(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [inner] }));
    expect(found).toMatchObject([
      { item: 'object' },
      { item: 'problem', problem: { message: 'items[0].items[1] is a number, not an object' } },
      { item: 'file' },
    ]);
  });
  it.each([
    [
      'kubectl’s layout',
      '    {\n      "apiVersion": "v1",\n      "kind": "Pod",\n      "a": 1,\n      "a": 2\n    }',
      8,
      7,
    ],
    ['one line', '{"apiVersion":"v1","kind":"Pod","a":1,"a":2}', 4, 39],
    ['a blank before the colon', '{"apiVersion":"v1","kind":"Pod","a":1,"a" :2}', 4, 39],
    ['a key that ends in a backslash', String.raw`{"apiVersion":"v1","kind":"Pod","a\\":1,"a\\":2}`, 4, 41],
    ['a text that holds JSON', String.raw`{"apiVersion":"v1","kind":"Pod","t":"{\"b\":1}","a":1,"a":2}`, 4, 55],
  ])(
    'when an item in %s repeats a key, then that is told at its place and the last counts',
    async (_, item, line, column) => {
      const found = await read(`{"apiVersion": "v1", "kind": "List",\n"items":\n[\n${item}]}`);
      expect(found).toMatchObject([
        {
          item: 'problem',
          problem: {
            code: 'PLM1203',
            document: 1,
            line,
            column,
            message: expect.stringContaining('items[0]: the key "a'),
          },
        },
        { item: 'object' },
        { item: 'file' },
      ]);
    },
  );
  it('when any item repeats a key somewhere, then it is always told', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'a\\', '":'), { maxLength: 5 });
    const written = fc.record({ keys, gap: fc.constantFrom('', ' ', '\n', '\t') });
    await fc.assert(
      fc.asyncProperty(written, async ({ keys, gap }) => {
        const members = ['apiVersion', 'kind', ...keys].map((key) => `${JSON.stringify(key)}${gap}:"\\":"`);
        const text = `{"kind":"List","items":[\n  {${members.join(',')}\n  }]}`;
        const told = (await shown(text)).filter((line) => line.startsWith('PLM1203'));
        expect(told).toHaveLength(keys.length - new Set(keys).size);
      }),
    );
  });
});

describe('given JSON that is not right', () => {
  const pod = '{"apiVersion":"v1","kind":"Pod"}';

  it('when a key is repeated, then it is reported at its place and the last counts', async () => {
    expect(await shown('{"apiVersion":"v1","kind":"Pod","spec":{\n"a":1,\n"a":2}}')).toEqual([
      'PLM1203 1:3:1',
      'Pod 1:1',
      '1 documents',
    ]);
  });
  it('when text follows the last object, then that is said', async () => {
    expect(await shown(`${pod}\nxyz\n`)).toEqual(['Pod 1:1', 'PLM1202 2:2:1', '2 documents']);
  });
  it('when one of several objects is broken, then the others are read', async () => {
    expect(await shown(`${pod}\n{"apiVersion" "v1"}\n${pod}\n`)).toEqual([
      'Pod 1:1',
      'PLM1202 2:2:15',
      'Pod 3:3',
      '3 documents',
    ]);
  });
  it('when it is YAML in flow style, then it is read as that', async () => {
    expect(await shown("{apiVersion: v1, kind: Pod, a: '}'}\n---\n" + pod)).toEqual([
      'Pod 1:1',
      'Pod 2:3',
      '2 documents',
    ]);
  });
  it('when it nests deeper than the bound, then the bound is named', async () => {
    const deep = `{"apiVersion":"v1","kind":"Pod","a":${'['.repeat(300)}${']'.repeat(300)}}`;
    expect(await shown(deep)).toEqual(['PLM1206 1:1:null', '1 documents']);
    const listed = `{"apiVersion":"v1","kind":"List","items":[\n${deep}]}`;
    expect((await shown(listed))[0]).toMatch(/^PLM1206/);
  });
});
