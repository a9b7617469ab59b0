import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const pod = (name: string, image: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'app', image }] } });

async function folder(): Promise<string> {
  const made = await folderOf({ 'pods/bad.json': pod('bad', 'evil/miner'), 'pods/good.json': pod('good', 'nginx') });
  ends.push(made.remove);
  return made.folder;
}

test('given a pattern, then a file of the guardrail’s name, which scan holds pods to, and which is not overwritten', async () => {
  const where = await folder();
  const written = await runCli(where, ['block', 'image', 'docker.io/evil/*']);
  expect(written).toMatchObject({ code: 0, stdout: '' });
  expect(written.stderr).toContain('scan ./manifests --guardrails block-image-docker-io-evil.yaml');
  const scanned = await runCli(where, ['scan', 'pods', '--guardrails', 'block-image-docker-io-evil.yaml']);
  expect(scanned).toMatchObject({ code: 1, stdout: expect.stringContaining('Blocked image: app (evil/miner)') });
  expect(scanned.stdout).not.toContain('good');
  const before = await readFile(join(where, 'block-image-docker-io-evil.yaml'), 'utf8');
  expect(await runCli(where, ['block', 'image', 'docker.io/evil/*'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PLM1124 block-image-docker-io-evil.yaml'),
  });
  expect(await readFile(join(where, 'block-image-docker-io-evil.yaml'), 'utf8')).toBe(before);
});

test.each([
  [['image', 'quay.io/a/b'], 'name: block-image-quay-io-a-b\n'],
  [['version', '<1.29'], 'name: block-version-below-1-29\n'],
  [['resource', 'deploy', 'debug-*'], 'name: block-resource-apps-deployments-debug\n'],
  [['resource', 'example.com/widgets'], 'name: block-resource-example-com-widgets\n'],
])('given %j and --out -, then the guardrail on standard output', async (line, named) => {
  expect(await runCli(await folder(), ['block', ...line, '--out', '-'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(named),
    stderr: '',
  });
});

test.each([
  [['version', '>1.29'], 'PLM1002: ">1.29" compares no version'],
  [['resource', 'podz'], 'PLM1005: There is no type podz; did you mean core/pods.'],
  [['image'], "missing required argument 'PATTERN'"],
  [['image', 'a', '--out', 'none/a.yaml'], 'PLM1125 none/a.yaml: Cannot write none/a.yaml'],
])('given %j, then exit 2 and why', async (line, said) => {
  expect(await runCli(await folder(), ['block', ...line])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(said),
  });
});
