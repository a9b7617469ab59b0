import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
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

/** Whether a shell is installed; where every server must be, it has to be (.ci/system-packages). */
async function isThere(shell: string): Promise<boolean> {
  if (process.env['CI'] === 'true') return true;
  const found = await promisify(execFile)(shell, ['--version']).catch(() => null);
  return found !== null;
}
const file = join(folder, 'kc');

const words = async (...line: string[]) =>
  (await completionsOf(line, { PLIMSOLL_KUBECONFIG: file })).map(({ word }) => word);

describe('what may stand at the end of a line', () => {
  test.each([
    [['find'], ['findings']],
    [
      ['guardrails', ''],
      ['list', 'show', 'test', 'try', 'replay', 'capture', 'export'],
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

const main = join(import.meta.dirname, '../../main.mjs');
const programs = {
  'bin/plimsoll': `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`,
  'bin/zsh/_plimsoll': shellGlue.zsh,
};

/** What a shell prints of a script whose `$1` and so on are `words`, with the real program on its PATH. */
async function printed(shell: readonly [string, ...string[]], script: string, ...given: readonly string[]) {
  const { folder: bin, remove: removeBin } = await folderOf(programs);
  try {
    await chmod(join(bin, 'bin/plimsoll'), 0o755);
    const PATH = `${join(bin, 'bin')}:${process.env['PATH']}`;
    const env = cliEnvironment(folder, { KUBECONFIG: file, PATH, ZSH_FUNCTIONS: join(bin, 'bin/zsh') });
    const [command, ...options] = shell;
    return (await promisify(execFile)(command, [...options, '-c', script, ...given], { cwd: folder, env })).stdout;
  } finally {
    await removeBin();
  }
}

describe('completion in bash', () => {
  /** What bash offers for a line whose cursor is at its end, through the glue and the real program. */
  async function offered(line: string): Promise<readonly string[]> {
    const asked = ['COMP_LINE=$1 COMP_POINT=${#1}', '_plimsoll', 'printf "%s\\n" "${COMPREPLY[@]}"'];
    const out = await printed(['bash', '--norc'], [shellGlue.bash, ...asked].join('\n'), 'bash', line);
    return out.split('\n').filter((word) => word !== '');
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
});

const hasFish = await isThere('fish');
const hasZsh = await isThere('zsh');

describe.skipIf(!hasFish)('completion in fish', () => {
  test.each([
    ['plimsoll guardrails sh', ['show']],
    ['plimsoll up --context prod-', ['prod-eu', 'prod-us']],
    ['plimsoll up --context=prod-u', ['--context=prod-us']],
    ['plimsoll scan kube:prod-e', ['kube:prod-eu']],
    ['plimsoll up --context arn:aws:', ['arn:aws:eks/x']],
    ['plimsoll scan ma', ['manifests/', 'maps.yaml']],
    ['plimsoll explain ', []],
  ])('given %j, then %j is offered', async (line, expected) => {
    const out = await printed(['fish', '--no-config'], `${shellGlue.fish}\ncomplete -C "$argv[1]"`, line);
    expect(out.split('\n').flatMap((row) => (row === '' ? [] : [row.replace(/\t.*/, '')]))).toEqual(expected);
  });
});

/** Types `$1` and a Tab into a zsh with its own completion on a terminal, and ends once `$2` is on the screen. */
const typedIntoZsh = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; fpath=($ZSH_FUNCTIONS $fpath); autoload -U compinit; compinit -u -D; print -r -- "rea""dy"'
zpty -r shell screen '*ready*'
zpty -w -n shell "$1"$'\\t'
zpty -r shell screen "*$2*"
print -r -- "$screen"
zpty -d shell`;

describe.skipIf(!hasZsh)('completion in zsh', () => {
  test.each([
    ['plimsoll guardrails sh', 'plimsoll guardrails show'],
    ['plimsoll up --context prod-', 'prod-us  prod-eu  -- context'],
    ['plimsoll up --context=prod-u', '--context=prod-us'],
    ['plimsoll scan kube:prod-e', 'kube:prod-eu'],
    ['plimsoll up --context arn:aws:', 'arn:aws:eks/x'],
    ['plimsoll scan ma', 'manifests/  maps.yaml'],
  ])('given %j and a Tab, then %j is shown', async (line, shown) => {
    expect(await printed(['zsh', '-f'], typedIntoZsh, 'zsh', line, shown)).toContain(shown);
  });
});

describe('the command completion', () => {
  test('given a shell that there is none for, then it is refused, and the others are told; each that there is is printed', async () => {
    expect(await runCli(folder, ['completion', 'tcsh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1002: completion tcsh: give bash, zsh, fish.'),
    });
    for (const [shell, glue] of Object.entries(shellGlue))
      expect(await runCli(folder, ['completion', shell])).toMatchObject({ code: 0, stdout: glue, stderr: '' });
  });
});
