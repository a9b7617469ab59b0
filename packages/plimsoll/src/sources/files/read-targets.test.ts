import { describe, expect, it } from 'vitest';
import type { FileItem } from './file-item.ts';
import { readText } from './read-targets.ts';

async function shown(text: string): Promise<string[]> {
  const items: FileItem[] = [];
  await readText(text, 'x.yaml', (found) => void items.push(...found));
  return items.map((item) => {
    if (item.item === 'object') return `${item.kind} ${item.place.document}:${item.place.line}`;
    if (item.item === 'problem') {
      return `${item.problem.code} ${item.problem.document}:${item.problem.line}:${item.problem.column}`;
    }
    return `${item.documents} documents, ${item.empty} empty`;
  });
}
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';

describe('given a YAML stream', () => {
  it('when one document in the middle is broken, then its neighbours are read and it is placed in the file', async () => {
    expect(await shown(`${pod}---\na: [\n---\n# x\n${pod}`)).toEqual([
      'Pod 1:1',
      'PLM1201 2:6:1',
      'Pod 3:8',
      '3 documents, 0 empty',
    ]);
  });
  it('when documents are empty or comments, then they are counted apart', async () => {
    expect(await shown(`---\n# only\n---\n\n---\n${pod}`)).toEqual(['Pod 1:6', '1 documents, 2 empty']);
  });
  it('when a key is repeated, then it is reported and the last counts', async () => {
    expect(await shown(`${pod}a: 1\na: 2\n`)).toEqual(['PLM1203 1:5:1', 'Pod 1:1', '1 documents, 0 empty']);
  });
  it('when kind is missing, or the document is no object, then that is said', async () => {
    expect(await shown('apiVersion: v1\n---\n- 1\n')).toEqual([
      'PLM1204 1:1:1',
      'PLM1205 2:3:1',
      '2 documents, 0 empty',
    ]);
  });
  it('when it is a List as kubectl prints it, then each item has its line, and a broken one hides none', async () => {
    const item = '- apiVersion: v1\n  kind: Pod\n';
    expect(await shown(`apiVersion: v1\nitems:\n${item}- a: [\n${item}kind: List\n`)).toEqual([
      'Pod 1:3',
      'PLM1201 2:6:1',
      'Pod 3:6',
      '3 documents, 0 empty',
    ]);
  });
  it('when it is a PodList, then its items are Pods', async () => {
    expect(await shown('apiVersion: v1\nkind: PodList\nitems:\n  - metadata: {name: a}\n')).toEqual([
      'Pod 1:4',
      '1 documents, 0 empty',
    ]);
  });
  it.each([
    '{"kind":"PodList","apiVersion":"v1","items":null}',
    '{"kind":"List","apiVersion":"v1","items":null}',
    'kind: PodList\napiVersion: v1\nitems: null\n',
    'kind: List\napiVersion: v1\nitems:\n',
  ])('when the items of %j are null, as Go writes none, then it is an empty list', async (text) => {
    expect(await shown(text)).toEqual(['0 documents, 0 empty']);
  });
  it('when another kind has items, then it is one object', async () => {
    expect(await shown('apiVersion: v1\nkind: Thing\nitems:\n- a\n')).toEqual(['Thing 1:1', '1 documents, 0 empty']);
  });
});

describe('given JSON', () => {
  it('when values are concatenated and one is a list, then all objects are read, each at its line', async () => {
    const list = '{"kind":"PodList","apiVersion":"v1","items":[\n{"metadata":{"name":"a\\"}"}},\n{"metadata":{}}]}';
    expect(await shown(`${list}\n{"apiVersion":"v1","kind":"Pod"}`)).toEqual([
      'Pod 1:2',
      'Pod 2:3',
      'Pod 3:4',
      '3 documents, 0 empty',
    ]);
  });
  it('when it ends too early, then that is said', async () => {
    expect(await shown('{"apiVersion":"v1","kind":"Pod"')).toEqual(['PLM1202 1:1:32', '1 documents, 0 empty']);
  });
});
