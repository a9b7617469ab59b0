import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfiguration } from './configuration/read-configuration.ts';
import { cliEnvironment, folderOf, runCli } from './run-cli.fixture.ts';

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
contexts:
  - {name: prod-eu, context: {cluster: c, user: u}}
  - {name: "yes", context: {cluster: c, user: u}}
  - {name: "a: {b} #c", context: {cluster: c, user: u}}
current-context: prod-eu
`;
const { folder, remove } = await folderOf({ kc: kubeconfig, 'sub/x': '' });
afterAll(remove);
const kc = { KUBECONFIG: join(folder, 'kc') };

describe('init', () => {
  test('given a kubeconfig, then the current context is watched, others are comments, and what is next is said', async () => {
    const run = await runCli(folder, ['init'], '', kc);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toBe(
      'Wrote plimsoll.yaml; it watches prod-eu.\nNext: npx plimsoll doctor (can it be watched?), then npx plimsoll up.\n',
    );
    const text = await readFile(join(folder, 'plimsoll.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+plimsoll\.schema\.json\n/);
    expect(text).toContain('\n  # - kubernetes: {context: "yes"}\n  # - kubernetes: {context: "a: {b} #c"}\n');
    expect(await readConfiguration(join(folder, 'plimsoll.yaml'))).toMatchObject({
      ok: true,
      configuration: { sources: [{ kind: 'kubernetes', options: { context: 'prod-eu' } }] },
    });
    expect(await runCli(folder, ['init'], '', kc)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PLM1124 plimsoll\.yaml: plimsoll\.yaml is there already\./),
    });
    expect(await readFile(join(folder, 'plimsoll.yaml'), 'utf8')).toBe(text);
    await rm(join(folder, 'plimsoll.yaml'));
  });

  test('given --all-contexts and a file elsewhere, then all are watched, whatever their names hold, also once every comment is none', async () => {
    const file = join(folder, 'sub/all.yaml');
    await runCli(folder, ['init', '--all-contexts', '--config', 'sub/all.yaml', '--kubeconfig', 'kc'], '', kc);
    const contexts = ['prod-eu', 'yes', 'a: {b} #c'].map((context) => ({ kind: 'kubernetes', options: { context } }));
    const reading = await readConfiguration(file);
    expect(reading).toMatchObject({ ok: true, configuration: { sources: contexts } });
    expect(reading.ok && reading.configuration.options.get('kubeconfig')).toBe(join(folder, 'kc'));
    const text = await readFile(file, 'utf8');
    const open = text
      .replaceAll(/^( *)# (?=- |\w+: )/gm, '$1')
      .replaceAll(/^guardrails: \[builtin:pod-security-base.*\n|^  listen: 127.*\n/gm, '');
    await writeFile(file, open);
    expect(await readConfiguration(file)).toMatchObject({ ok: true });
  });

  test('given no kubeconfig, a context that is not there, or a folder that is not, then it says so', async () => {
    expect(await runCli(folder, ['init', '--config', 'none.yaml'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no context was found: put your sources in'),
    });
    expect(await readConfiguration(join(folder, 'none.yaml'))).toMatchObject({
      ok: true,
      configuration: { sources: [] },
    });
    expect(await runCli(folder, ['init', '--context', 'gone', '--config', 'x.yaml'], '', kc)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PLM1402: no context named "gone"; there are: prod-eu, yes/),
    });
    expect(await runCli(folder, ['init', '--config', 'no/where.yaml'], '', kc)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PLM1125 no\/where\.yaml: Cannot write no\/where\.yaml: ENOENT/),
    });
  });
});

describe('kubectl plimsoll', () => {
  test('given the name of a plug-in, then it says how it is called', async () => {
    await mkdir(join(folder, 'bin'), { recursive: true });
    const main = join(import.meta.dirname, '../main.mjs');
    await chmod(main, 0o755);
    await symlink(main, join(folder, 'bin/kubectl-plimsoll'));
    const run = promisify(execFile);
    const env = cliEnvironment(folder);
    const { stdout } = await run(process.execPath, [join(folder, 'bin/kubectl-plimsoll'), 'scan', '--help'], { env });
    expect(stdout).toMatch(/^Usage: kubectl plimsoll scan /);
    expect(stdout).toContain('\n  kubectl plimsoll scan ./manifests\n  kubectl plimsoll scan --guardrails');
    expect(stdout).toContain('| kubectl plimsoll scan -\n');
  });
});
