import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { cliEnvironment, folderOf } from './run-cli.fixture.ts';

const main = fileURLToPath(new URL('../main.mjs', import.meta.url));
let remove = async () => {};
afterEach(async () => await remove());

const pod = (index: number) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p${index}}\nspec: {hostNetwork: true, containers: []}\n---\n`;

/** Runs the program until the reader of its output has one piece and goes. */
async function readOnce(line: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const made = await folderOf(files);
  remove = made.remove;
  const child = spawn(process.execPath, [main, ...line], { cwd: made.folder, env: cliEnvironment(made.folder) });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await closed;
  return { code, said };
}

describe('given a reader that goes early, as `head -1` does', () => {
  test.each([
    [['guardrails', 'list', '--guardrails', 'builtin:pod-security-restricted', '-o', 'json']],
    [['ls', 'core/pods', '--demo', '-o', 'json']],
    [['--help']],
  ])('%j ends quietly with 0', async (line) => {
    const { code, said } = await readOnce(line);
    expect(code).toBe(0);
    expect(said).not.toMatch(/EPIPE|PLM|Error/);
  });

  test('scan stops at once, and its code says that not everything was looked at', async () => {
    const pods = Array.from({ length: 10_000 }, (_, index) => pod(index)).join('');
    const { code, said } = await readOnce(['scan', 'p.yaml', '-o', 'jsonl'], { 'p.yaml': pods });
    expect(code).toBe(1);
    expect(said).toContain('Interrupted');
    expect(Number(/Judged (\d+) resources/.exec(said)?.[1])).toBeLessThan(9_000);
    expect(said).not.toMatch(/EPIPE|Error|PLM1212/);
  });
});
