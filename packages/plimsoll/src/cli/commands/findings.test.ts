import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A run of `plimsoll findings --demo`. */
async function findings(...line: readonly string[]) {
  const { folder, remove } = await folderOf({});
  ends.push(remove);
  return await runCli(folder, ['findings', '--demo', ...line]);
}

test('given a limit, then the worst are shown, and counts and exit code are of all that stand', async () => {
  const all = await findings('-o', 'json');
  const some = await findings('-o', 'json', '--limit', '1');
  expect([all.code, some.code]).toEqual([1, 1]);
  expect(JSON.parse(some.stdout).items).toMatchObject([{ id: JSON.parse(all.stdout).items[0].id }]);
  expect(some.stderr).toContain(`1 of ${JSON.parse(all.stdout).items.length} shown.`);
  expect(some.stderr).toContain(all.stderr.trim());
});

test('given waived findings, then every format leaves them out and counts them, but for --waived', async () => {
  const waived = 'outcome == "waived"';
  const without = await findings('-o', 'jsonl', '--where', waived);
  expect(without).toMatchObject({ code: 0, stdout: '' });
  expect(without.stderr).toMatch(/^0 findings, \d+ waived/m);
  expect((await findings('-o', 'jsonl', '--waived', '--where', waived)).stdout).toContain('"outcome":"waived"');
});

test.each([
  [['--where', 'severity + 1'], 3, 'had no answer for'],
  [['--where', 'severity + 1', '--allow-unknown'], 0, 'had no answer for'],
  [['--where', 'severity'], 2, "PLM1006: where must give true or false; 'severity' gives a string."],
])('given %j, then exit %i and why', async (line, code, said) => {
  expect(await findings(...line)).toMatchObject({ code, stderr: expect.stringContaining(said) });
});
