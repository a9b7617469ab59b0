import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { type RunningUp, startUp } from '../running-up.fixture.ts';

const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: '${image}'}]}\n`;
const policy = (expression: string) => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: tagged}
spec:
  appliesTo: podTemplates
  validations: [{expression: "${expression}", message: no tag}]
`;

// Each run is a process of its own.
vi.setConfig({ testTimeout: 90_000 });

let folder = '';
let running: RunningUp;
let removed = async () => {};

/** `web` had no tag for a while. */
beforeAll(async () => {
  const files = {
    'm/web.yaml': pod('nginx:1.27'),
    'tagged.yaml': policy("object.spec.containers.all(c, c.image.contains(':'))"),
    'fine.yaml': policy('true'),
    'broken.yaml': policy('object.'),
    'nothing.yaml': pod('nginx'),
  };
  const made = await folderOf(files);
  [folder, removed] = [made.folder, made.remove];
  running = await startUp(folder, ['m']);
  await versions(1);
  for (const [at, image] of ['nginx', 'nginx:1.28'].entries()) {
    writeFileSync(join(folder, 'm/web.yaml'), pod(image));
    await versions(at + 2);
  }
}, 150_000);
afterAll(async () => {
  await running.end();
  await removed();
});

async function versions(count: number): Promise<void> {
  for (let i = 0; i < 40; i += 1) {
    const { stdout } = await runCli(folder, ['history', 'files/core/pods/shop/web', '-o', 'jsonl']);
    if (stdout.split('\n').filter((line) => line !== '').length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`there never were ${count} versions`);
}

const replayed = async (...line: readonly string[]) => await runCli(folder, ['guardrails', 'replay', ...line]);

test('given a guardrail, then what it would have found, when, and that the history is shorter', async () => {
  const { code, stdout, stderr } = await replayed('tagged.yaml', '--since', '7d');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ files\/core\/pods\/shop\/web {2}\S+Z → \S+Z {2}tagged\n {4}no tag\n$/);
  expect(stderr).toMatch(/^The history begins at \S+; of what was before nothing is known\.$/m);
  expect(stderr).toMatch(/^1 found in 3 states of 1 resources from \S+ until \S+, from http:/m);
});

test('given one that always held, then nothing, and 3 where the history is shorter unless that is allowed', async () => {
  expect(await replayed('fine.yaml', '--since', '7d')).toMatchObject({ code: 3, stdout: '' });
  expect(await replayed('fine.yaml', '--since', '7d', '--allow-unknown')).toMatchObject({ code: 0, stdout: '' });
});

test('given another format, then the same in it', async () => {
  const lines = (await replayed('tagged.yaml', '--since', '1h', '-o', 'jsonl')).stdout.trim().split('\n');
  const whole = JSON.parse((await replayed('tagged.yaml', '--since', '1h', '-o', 'json')).stdout);
  expect(whole).toMatchObject({ looked: 1, states: 3, items: [{ guardrail: 'tagged', outcome: 'fail' }] });
  expect(lines.map((text) => JSON.parse(text))).toEqual(whole.items);
  expect((await replayed('tagged.yaml', '--since', '1h', '-o', 'yaml')).stdout).toContain('states: 3\n');
});

test.each([
  [['tagged.yaml'], 2, 'PLM1001: guardrails replay needs --since TIME'],
  [['tagged.yaml', '--since', 'soon'], 2, 'PLM1002: --since soon'],
  [['broken.yaml', '--since', '7d'], 2, 'PLM1303 broken.yaml:'],
  [['nothing.yaml', '--since', '7d'], 2, 'PLM1306'],
  [['none.yaml', '--since', '7d'], 2, 'none.yaml'],
])('given %j, then exit %i and why', async (line, code, said) => {
  expect(await replayed(...line)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(said) });
});
