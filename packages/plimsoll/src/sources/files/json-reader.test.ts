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
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, -1.5, 1e21),
    text,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}));
const object = fc.dictionary(text, value, { maxKeys: 4 }).map((rest) => ({ ...rest, apiVersion: 'v1', kind: 'Pod' }));
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
      'PLM1205 1:1:1',
      'PLM1205 2:1:1',
      'Pod 3:1',
      '3 documents',
    ]);
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
