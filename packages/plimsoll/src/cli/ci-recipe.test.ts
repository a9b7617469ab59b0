import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliEnvironment, folderOf } from './run-cli.fixture.ts';

const page = readFileSync(fileURLToPath(new URL('../../../../docs/ci.md', import.meta.url)), 'utf8');
const main = fileURLToPath(new URL('../main.mjs', import.meta.url));

/** What the page's blocks run: `run:` lines and script items of YAML, and whole blocks of sh. */
const commands = [
  ...[...page.matchAll(/^ *(?:- )?(?:run: |- )(plimsoll .*)$/gm)].map(([, command = '']) => command),
  ...[...page.matchAll(/^```sh\n([^`]*)```$/gm)].map(([, block = '']) => block.trim()),
];

const pod = (name: string, network: boolean) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec: { hostNetwork: ${String(network)}, containers: [{ name: app, image: 'app:1' }] }
`;
const files = {
  'manifests/old.yaml': pod('old', true),
  'manifests/new.yaml': pod('new', false),
  'policies/named.yaml': `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: { name: named }
spec: { appliesTo: podTemplates, validations: [{ expression: has(object.spec) }] }
`,
  'bin/helm': `#!/bin/sh\nprintf -- '---\\n# Source: chart/templates/pod.yaml\\n'\ncat manifests/new.yaml\n`,
  'bin/kubectl': `#!/bin/sh\ncat manifests/new.yaml\n`,
  'bin/plimsoll': `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`,
};

let folder = '';
let remove = async (): Promise<void> => undefined;
let base = '';

function git(...words: readonly string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  return execFileSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  ({ folder, remove } = await folderOf(files));
  for (const name of ['helm', 'kubectl', 'plimsoll']) chmodSync(join(folder, 'bin', name), 0o755);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'then');
  base = git('rev-parse', 'HEAD');
  git('update-ref', 'refs/remotes/origin/main', base);
  writeFileSync(join(folder, 'manifests/new.yaml'), pod('new', true));
  git('commit', '-qam', 'now');
});
afterAll(async () => await remove());

function ran(command: string) {
  const env = cliEnvironment(folder, {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    GITHUB_BASE_REF: 'main',
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
  });
  return spawnSync('bash', ['-ec', command], { cwd: folder, env, encoding: 'utf8' });
}

const inFile = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('the page has these commands, and no others', () => {
  expect(commands.map((command) => /-o \w+|--baseline|\| plimsoll|--guardrails/.exec(command)?.[0])).toEqual([
    '-o github',
    '-o sarif',
    '-o markdown',
    '-o junit',
    '--guardrails',
    '| plimsoll',
    '| plimsoll',
    '-o json',
  ]);
});

test('GitHub: the finding of the pull request alone, beside its line', () => {
  const { status, stdout } = ran(commands[0] ?? '');
  expect({ status, lines: stdout.trim().split('\n') }).toEqual({
    status: 1,
    lines: [expect.stringMatching(/^::error file=manifests\/new\.yaml,line=1,/)],
  });
});

test('GitHub: SARIF with both findings, and a summary', () => {
  expect(ran(commands[1] ?? '').status).toBe(1);
  const { runs } = JSON.parse(inFile('plimsoll.sarif')) as { runs: readonly { results: readonly object[] }[] };
  expect(runs[0]?.results).toHaveLength(2);
  expect(ran(commands[2] ?? '').status).toBe(1);
  expect(inFile('summary.md')).toContain('manifests/new.yaml');
});

test('GitLab: JUnit with the finding of the merge request alone', () => {
  expect(ran(commands[3] ?? '').status).toBe(1);
  expect(inFile('plimsoll.xml')).toContain('failures="1"');
});

test('a shell: policies of one’s own and a preset', () => {
  expect(ran(commands[4] ?? '')).toMatchObject({ status: 1, stderr: expect.stringContaining('Judged 2 resources') });
});

test('a shell: what Helm renders, and what Kustomize does', () => {
  expect(ran(commands[5] ?? '')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('chart/templates/pod.yaml'),
  });
  expect(ran(commands[6] ?? '')).toMatchObject({ status: 1, stdout: expect.stringContaining('shop/new') });
});

test('a shell: what was there before passes', () => {
  expect(ran(commands[7] ?? '')).toMatchObject({ status: 0, stdout: '' });
});
