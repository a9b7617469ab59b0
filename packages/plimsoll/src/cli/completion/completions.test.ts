import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { cliEnvironment, folderOf, runCli } from '../run-cli.fixture.ts';
import { completionsOf } from './completions.ts';
import { shellGlue } from './shell-glue.ts';

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
contexts:
  - {name: prod-eu, context: {cluster: c, user: u}}
  - {name: prod-us, context: {cluster: c, user: u}}
  - {name: "arn:aws:eks/x", context: {cluster: c, user: u}}
`;
const { folder, remove } = await folderOf({ kc: kubeconfig, 'manifests/p.yaml': 'x: 1', 'maps.yaml': 'x: 1' });
afterAll(remove);
const file = join(folder, 'kc');

const words = async (...line: string[]) =>
  (await completionsOf(line, { PLIMSOLL_KUBECONFIG: file })).map(({ word }) => word);

describe('what may stand at the end of a line', () => {
  test.each([
    [['find'], ['findings']],
    [
      ['guardrails', ''],
      ['list', 'show', 'test'],
    ],
    [['guardrails', 'sh'], ['show']],
    [
      ['scan', '--fail-on', ''],
      ['critical', 'high', 'medium', 'low', 'info', 'none'],
    ],
    [['scan', '--fail-on=me'], ['--fail-on=medium']],
    [['scan', '-o', 's'], ['sarif']],
    [['findings', '-o', 's'], []],
    [
      ['up', '--context', 'prod'],
      ['prod-eu', 'prod-us'],
    ],
    [['up', '--context', 'prod-eu', '--context', 'arn'], ['arn:aws:eks/x']],
    [['up', '--context=prod-u'], ['--context=prod-us']],
    [['up', '--kubeconfig', 'none', '--context', ''], []],
    [['up', '--kubeconfig', ''], [':files']],
    [
      ['scan', 'kube:p'],
      ['kube:prod-eu', 'kube:prod-us'],
    ],
    [
      ['snapshot', 'prod'],
      ['prod-eu', 'prod-us'],
    ],
    [['store', 'import', ''], [':files']],
    [['up', ''], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['findings', '--li'], ['--limit']],
    [['findings', '--limit', '3', '--limi'], []],
    [['up', '--context', 'prod-eu', '--cont'], ['--context']],
    [['version', '--no-c'], ['--no-color']],
    [['nonsense', ''], []],
    [['explain', ''], []],
    [['findings', '--server', ''], []],
  ])('given %j, then it is one of %j', async (line, expected) => {
    expect(await words(...line)).toEqual(expected);
  });

  test('given nothing, then it is every command, each once, and none that is hidden', async () => {
    const all = await words('');
    expect(all).toEqual(expect.arrayContaining(['up', 'scan', 'guardrails', 'doctor', 'completion']));
    expect([new Set(all).size, all.includes('complete')]).toEqual([all.length, false]);
  });

  test('given presets, then they are named with files beside them', async () => {
    expect(await words('scan', '--guardrails', 'builtin:pod-security-b')).toEqual([
      'builtin:pod-security-baseline',
      ':files',
    ]);
  });
});

describe('completion in bash', () => {
  /** What bash offers for a line whose cursor is at its end, through the glue and the real program. */
  async function offered(line: string): Promise<readonly string[]> {
    const main = join(import.meta.dirname, '../../main.mjs');
    const script = [
      `plimsoll() { "${process.execPath}" "${main}" "$@"; }`,
      shellGlue.bash,
      'COMP_LINE=$1 COMP_POINT=${#1}',
      '_plimsoll',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const env = cliEnvironment(folder, { KUBECONFIG: file });
    const run = promisify(execFile)('bash', ['--norc', '-c', script, 'bash', line], { cwd: folder, env });
    return (await run).stdout.split('\n').filter((word) => word !== '');
  }

  test.each([
    ['plimsoll guardrails sh', ['show']],
    ['plimsoll up --context prod-', ['prod-eu', 'prod-us']],
    ['plimsoll up --context=prod-u', ['prod-us']],
    ['plimsoll scan kube:prod-e', ['prod-eu']],
    ['plimsoll up --context arn:aws:', ['eks/x']],
    ['plimsoll scan ma', ['manifests', 'maps.yaml']],
    ['plimsoll scan --guardrails builtin:pod-security-base', ['pod-security-baseline']],
    ['plimsoll explain ', []],
  ])('given %j, then %j is offered', async (line, expected) => {
    expect([...(await offered(line))].sort()).toEqual(expected);
  });

  test('given a shell that there is none for, then it is refused, and the others are told; each that there is is printed', async () => {
    expect(await runCli(folder, ['completion', 'tcsh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1002: completion tcsh: give bash, zsh, fish.'),
    });
    for (const [shell, glue] of Object.entries(shellGlue))
      expect(await runCli(folder, ['completion', shell])).toMatchObject({ code: 0, stdout: glue, stderr: '' });
  });
});
