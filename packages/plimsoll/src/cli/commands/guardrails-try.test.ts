import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A run of `plimsoll guardrails try --demo`. */
async function tried(...line: readonly string[]) {
  const { folder, remove } = await folderOf({});
  ends.push(remove);
  return await runCli(folder, ['guardrails', 'try', '--demo', ...line]);
}

test('given an expression, then each resource for which it does not hold, with the field, and how many were looked at', async () => {
  const { code, stdout, stderr } = await tried('-e', 'object.spec.replicas > 1', '--on', 'deploy');
  expect(code).toBe(1);
  expect(stdout).toContain('✗ edge-k3s/apps/deployments/scada/historian  spec.replicas\n');
  expect(stderr).toMatch(/^It does not hold for 6 of 20 apps\/deployments, from the demo fleet, in [\d.]+ s\.$/m);
});

test('given that it holds for all, then exit 0 and nothing is printed', async () => {
  expect(await tried('-e', 'object.metadata.name != ""', '--on', 'pods')).toMatchObject({ code: 0, stdout: '' });
});

test('given a limit, then so many are shown and all are counted', async () => {
  const { stdout, stderr } = await tried('-e', 'false', '--on', 'core/pods', '--limit', '2');
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect(stderr).toContain('2 of 6 shown.\nIt does not hold for 6 of 6 core/pods');
});

test('given an expression that fails, then it could not be told, with 3, and the place is said', async () => {
  const { code, stdout, stderr } = await tried('-e', 'object.spec.nope == 1', '--on', 'pods', '--limit', '1');
  expect([code, stdout]).toEqual([3, expect.stringContaining('no such key: nope')]);
  expect(stderr).toContain('of 6 it could not be told');
});

test('given another format, then the verdicts in it', async () => {
  const line = ['-e', 'object.spec.replicas > 1', '--on', 'deployments'];
  const whole = JSON.parse((await tried(...line, '-o', 'json')).stdout);
  const lines = (await tried(...line, '-o', 'jsonl')).stdout.trim().split('\n');
  expect(whole).toMatchObject({ looked: 20, coverage: { complete: true } });
  expect(lines.map((text) => JSON.parse(text))).toEqual(whole.items);
  expect((await tried(...line, '-o', 'yaml')).stdout).toContain('looked: 20\n');
});

test.each([
  [['--on', 'pods'], 'PLM1001: guardrails try needs -e EXPR'],
  [['-e', 'true'], 'PLM1001: guardrails try needs --on TYPE'],
  [['-e', 'object.', '--on', 'pods'], 'PLM1006: ERROR: EXPR:1:8: Syntax error'],
  [['-e', 'objekt.spec', '--on', 'pods'], "PLM1006: ERROR: EXPR:1:1: undeclared reference to 'objekt'"],
  [['-e', 'true', '--on', 'podz'], 'PLM1005: There is no type podz; did you mean core/pods.'],
])('given %j, then exit 2 and why', async (line, said) => {
  expect(await tried(...line)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
});
