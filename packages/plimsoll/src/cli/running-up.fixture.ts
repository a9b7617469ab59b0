import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cliEnvironment } from './run-cli.fixture.ts';

const main = fileURLToPath(new URL('../main.mjs', import.meta.url));

/** A `plimsoll up` that runs. */
export interface RunningUp {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it said on standard error until now. */
  readonly said: () => string;
  /** Interrupts it and waits for its end. */
  readonly end: () => Promise<void>;
}

/** Starts `plimsoll up` in `folder` on a free port; resolves once it says its URL, and rejects where it ends before. */
export async function startUp(
  folder: string,
  line: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  urlIn: (said: string) => string | undefined = (said) => /^API (https?:\S+)/m.exec(said)?.[1],
): Promise<RunningUp> {
  const child = spawn(process.execPath, [main, 'up', '--listen', '127.0.0.1:0', ...line], {
    cwd: folder,
    env: cliEnvironment(folder, environment),
  });
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const url = urlIn(said);
    if (url !== undefined) resolve(url);
  });
  void closed.then(() => reject(new Error(`ended: ${said}`)));
  const end = async () => {
    child.kill('SIGTERM');
    await closed;
  };
  return { url: await promise, child, said: () => said, end };
}
