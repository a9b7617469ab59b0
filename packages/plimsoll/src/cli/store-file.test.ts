import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { folderOf, runCli } from './run-cli.fixture.ts';
import { startUp } from './running-up.fixture.ts';

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {hostNetwork: true, containers: [{name: app, image: x}]}\n';

const until = async (what: () => Promise<void>) => await vi.waitFor(what, { timeout: 60_000, interval: 200 });

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ folder, remove } = await folderOf({ 'm/p.yaml': pod }));
});
afterEach(async () => await remove());

test('given a running server, then its store is exported beside it, and the import answers as it does', async () => {
  const up = await startUp(folder, ['m', '--store', 't.db']);
  const exported = await runCli(folder, ['store', 'export', 'x.export', '--store', 't.db', '-o', 'json']);
  expect(exported).toMatchObject({ code: 0 });
  expect(JSON.parse(exported.stdout)).toEqual({ file: join(folder, 'x.export'), resources: 1, versions: 1 });
  expect((await stat(join(folder, 'x.export'))).mode & 0o777).toBe(0o600);

  const busy = await runCli(folder, ['store', 'import', 'x.export', '--store', 't.db']);
  expect(busy).toMatchObject({ code: 2, stdout: '' });
  expect(busy.stderr).toMatch(/PLM1502.*whose server is http/s);

  const imported = await runCli(folder, ['store', 'import', 'x.export', '--store', 'copy.db']);
  expect(imported).toMatchObject({
    code: 0,
    stdout: `Imported 1 resources in 1 versions into ${join(folder, 'copy.db')}.\n`,
  });
  await up.end();
  const [copy, original] = [
    await runCli(folder, ['findings', '--store', 'copy.db', '-o', 'json']),
    await runCli(folder, ['findings', '--store', 't.db', '-o', 'json']),
  ];
  const items = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { items: unknown[] }).items;
  expect(items(copy)).toHaveLength(1);
  expect(items(copy)).toEqual(items(original));

  const again = await runCli(folder, ['store', 'import', 'x.export', '--store', 'copy.db']);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1515') });
  const twice = await runCli(folder, ['store', 'export', 'x.export', '--store', 't.db']);
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1516') });
}, 120_000);

test('given a source that is watched no more, then it is shown as stale until it is forgotten, and nothing else goes', async () => {
  await mkdir(join(folder, 'next'));
  await writeFile(join(folder, 'plimsoll.yaml'), 'store: t.db\nsources: [{files: {name: old, path: m}}]\n');
  const first = await startUp(folder, []);
  await until(async () => expect((await runCli(folder, ['findings', '-o', 'jsonl'])).stdout).not.toBe(''));
  await writeFile(join(folder, 'next/p.yaml'), pod);
  await first.end();
  await writeFile(join(folder, 'plimsoll.yaml'), 'store: t.db\nsources: [{files: {name: new, path: next}}]\n');
  const second = await startUp(folder, []);
  await until(async () =>
    expect((await runCli(folder, ['ls', 'pods', '-o', 'jsonl'])).stdout).toMatch(/"new".*"old"/s),
  );
  expect(await runCli(folder, ['store', 'forget', 'old', '--yes'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PLM1502'),
  });
  await second.end();

  expect((await runCli(folder, ['ls', 'pods'])).code).toBe(3);
  const told = await runCli(folder, ['store', 'forget', 'old']);
  expect(told.stdout).toBe(
    '1 resources in 1 versions and 1 open findings of old would be forgotten, and their past. With --yes they are.\n',
  );
  expect((await runCli(folder, ['store', 'forget', 'odl', '--yes'])).stderr).toMatch(/PLM1005.*did you mean old\?/);
  const done = await runCli(folder, ['store', 'forget', 'old', '--yes', '-o', 'json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ forgotten: true, resources: 1, versions: 1, findings: 1 });
  const left = await runCli(folder, ['ls', 'pods', '-o', 'jsonl']);
  expect([left.code, left.stdout.match(/"source":"\w+"/g)]).toEqual([0, ['"source":"new"']]);
  expect((await runCli(folder, ['store', 'forget', 'old'])).stderr).toContain('PLM1005');
}, 120_000);

test('given a server’s address or the demo fleet, then it is no store file', async () => {
  const served = await runCli(folder, ['store', 'export', 'x', '--server', 'http://127.0.0.1:1']);
  expect(served).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1002') });
  const demo = await runCli(folder, ['store', 'import', 'x', '--demo']);
  expect(demo).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1002') });
});
