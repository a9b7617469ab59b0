import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function evaluated(files: Readonly<Record<string, string>>, ...line: readonly string[]) {
  const { folder, remove } = await folderOf(files);
  ends.push(remove);
  return await runCli(folder, ['eval', ...line]);
}

describe('eval', () => {
  test.each([
    [['1.0/0.0'], 'Infinity\n'],
    [['(-1.0)/0.0'], '-Infinity\n'],
    [['0.0/0.0'], 'NaN\n'],
    [['1.0/0.0', '-o', 'jsonl'], '"Infinity"\n'],
    [['[0.0/0.0, 1.5]', '-o', 'jsonl'], '["NaN",1.5]\n'],
  ])('given %j, then a double that JSON has no number for is told by its name', async (line, stdout) => {
    expect(await evaluated({}, ...line)).toMatchObject({ code: 0, stdout });
  });

  test('given a file with more than one object, then it says which one it took', async () => {
    const object = (kind: string) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\n`;
    const two = { 'two.yaml': `${object('Pod')}---\n${object('Secret')}`, 'one.yaml': object('Pod') };
    expect(await evaluated(two, 'object.kind', '--on', 'two.yaml')).toMatchObject({
      code: 0,
      stdout: '"Pod"\n',
      stderr: '`object` is the first of 2 in two.yaml: the Pod at line 1.\n',
    });
    expect(await evaluated(two, 'object.kind', '--on', 'one.yaml')).toMatchObject({ code: 0, stderr: '' });
  });
});
