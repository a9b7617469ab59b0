import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.mjs', import.meta.url));

/** What a run of the real program gave. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real program in `folder` with `input` as standard input; its store is in the folder, and no kubeconfig. */
export async function runCli(
  folder: string,
  line: readonly string[],
  input = '',
  environment: NodeJS.ProcessEnv = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [main, ...line], { cwd: folder, env: cliEnvironment(folder, environment) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input); // a program that does not read its input closes it
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { code: await promise, stdout, stderr };
}

/** The environment of a run that sees nothing of the machine's own state. */
export function cliEnvironment(folder: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    KUBECONFIG: join(folder, 'none'),
    ...more,
  };
}

/** A folder of its own with these files, removed by `remove`. */
export async function folderOf(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'));
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { folder, remove: async () => await rm(folder, { recursive: true, force: true }) };
}
