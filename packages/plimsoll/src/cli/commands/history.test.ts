import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { type RunningUp, startUp } from '../running-up.fixture.ts';

const pod = (name: string, privileged: boolean) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {containers: [{name: app, image: x, securityContext: {privileged: ${privileged}}}]}\n`;

let folder = '';
let running: RunningUp;
let removed = async () => {};
let between = '';
const web = 'files/core/pods/shop/web';

/** `web` is privileged until `between`, and not any more; `gone` was there until then. */
beforeAll(async () => {
  const made = await folderOf({ 'm/web.yaml': pod('web', true), 'm/gone.yaml': pod('gone', false) });
  [folder, removed] = [made.folder, made.remove];
  running = await startUp(folder, ['m']);
  await until('ls', ['pods'], 'shop/web');
  between = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 50));
  writeFileSync(join(folder, 'm/gone.yaml'), '# nothing\n');
  writeFileSync(join(folder, 'm/web.yaml'), pod('web', false));
  await until('history', [web], 'updated');
  await until('history', ['files/core/pods/shop/gone'], 'deleted');
}, 60_000);
afterAll(async () => {
  await running.end();
  await removed();
});

async function until(command: string, line: readonly string[], says: string): Promise<void> {
  for (let i = 0; i < 30; i += 1) {
    if ((await runCli(folder, [command, ...line])).stdout.includes(says)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${command} ${line.join(' ')} never said ${says}`);
}

test('history tells of each state when it was and what changed, and of one that is gone', async () => {
  const { code, stdout } = await runCli(folder, ['history', web]);
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.replace(/^\S+ +\d+ +/, ''))).toEqual([
    expect.stringContaining('CHANGED'),
    'updated      spec.containers[name=app].securityContext.privileged',
    'seen',
    '',
  ]);
  const gone = await runCli(folder, ['history', 'files/core/pods/shop/gone', '-o', 'jsonl']);
  expect(
    gone.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).operation),
  ).toEqual(['deleted', 'seen']);
});

test('diff shows the last change, and what changed since a time', async () => {
  const line = '  ~ spec.containers[name=app].securityContext.privileged: true → false\n';
  expect(await runCli(folder, ['diff', web])).toMatchObject({ code: 0, stdout: expect.stringContaining(line) });
  expect((await runCli(folder, ['diff', web, '--from', between])).stdout).toContain(line);
  const json = JSON.parse((await runCli(folder, ['diff', web, '--from', between, '-o', 'json'])).stdout);
  expect(json.differences).toMatchObject([{ operation: 'changed', from: true, to: false }]);
});

test('ls, get and findings --at answer as it stood then', async () => {
  expect((await runCli(folder, ['ls', 'pods', '--at', between])).stdout).toMatch(/shop\/gone.*\n.*shop\/web/);
  expect((await runCli(folder, ['ls', 'pods'])).stdout).not.toContain('gone');
  const line = ['ls', 'pods', '--at', between, '-o', 'jsonl', '--where', 'name == "gone"'];
  expect(JSON.parse((await runCli(folder, line)).stdout)).toMatchObject({ name: 'gone' });
  expect((await runCli(folder, ['ls', '--at', between])).stdout).toMatch(/files +core\/pods +2\n/);
  expect((await runCli(folder, ['get', web, '--at', between])).stdout).toContain('privileged: true');
  expect(await runCli(folder, ['get', 'files/core/pods/shop/gone', '--at', between])).toMatchObject({ code: 0 });
  const then = await runCli(folder, ['findings', '--at', between]);
  expect(then).toMatchObject({ code: 1, stdout: expect.stringContaining(web) });
  expect(then.stderr).toContain(` as of ${between}.`);
  expect(await runCli(folder, ['findings'])).toMatchObject({ code: 0, stdout: '' });
});

test.each([
  [['ls', 'pods', '--at', 'yesterday'], 'PLM1002: --at yesterday: write a time as'],
  [['ls', 'pods', '--at', '1999-01-01'], 'PLM1508'],
  [['findings', '--at', '-10w'], 'PLM1508'],
  [['get', 'files/core/pods/shop/gone', '--at', '2999-01-01'], 'PLM1509'],
  [['get', 'files/core/pods/shop/gone'], 'PLM1005: There is no files/core/pods/shop/gone'],
  [['history', 'files/core/pods/shop/never'], 'PLM1005: Nothing was ever seen of files/core/pods/shop/never'],
  [['history', 'nonsense'], 'PLM1005'],
  [['history'], 'PLM1001'],
  [['diff', 'files/core/pods/shop/never'], 'PLM1005'],
  [['diff', web, '--from', 'then'], 'PLM1002: --from then: write a time as'],
  [['diff', web, '--to', '999999'], 'PLM1002: there is no position 999999 yet'],
] as const)('given %j, then exit 2 with %s', async (line, says) => {
  expect(await runCli(folder, line)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) });
});
