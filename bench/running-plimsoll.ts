import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../packages/testcluster/src/index.ts';
import { usageOf } from './measured-process.ts';

/** Each look costs the process that is measured: at most this late, and never early. */
const POLL_MS = 50;
/** Until it listens a look costs it nothing. */
const START_POLL_MS = 5;
const program = join(import.meta.dirname, '../packages/plimsoll/src/main.mjs');
const policies = join(import.meta.dirname, 'policies.yaml');

interface SourceItem {
  readonly coverage?: readonly { readonly type: string; readonly state: string }[];
}

/** A `plimsoll up` of its own on a cluster, with the 20 policies and a durable store. */
export class RunningPlimsoll {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  /** When its server first answered: the sources connect right after. */
  #listening: bigint | undefined;

  private constructor(child: ChildProcess, url: string, folder: string) {
    this.#child = child;
    this.url = url;
    this.#folder = folder;
  }

  static async start(kubeconfig: string): Promise<RunningPlimsoll> {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
    const port = await freePort();
    const args = [
      program,
      'up',
      '--context',
      'admin',
      '--kubeconfig',
      kubeconfig,
      '--store',
      join(folder, 'plimsoll.db'),
      '--guardrails',
      policies,
      '--listen',
      `127.0.0.1:${port}`,
    ];
    return new RunningPlimsoll(
      spawn(process.execPath, [...(process.env['PLIMSOLL_BENCH_NODE_FLAGS']?.split(' ') ?? []), ...args], {
        stdio: 'ignore',
      }),
      `http://127.0.0.1:${port}`,
      folder,
    );
  }

  /** Milliseconds from when it begins to connect until a type is live, stored and evaluated. */
  async untilLive(type: string): Promise<number> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`plimsoll up ended with ${this.#child.exitCode}`);
      if ((await this.#states(type)).includes('live'))
        return Number(process.hrtime.bigint() - (this.#listening ?? 0n)) / 1e6;
      await new Promise((resolve) => setTimeout(resolve, this.#listening === undefined ? START_POLL_MS : POLL_MS));
    }
  }

  async #states(type: string): Promise<readonly string[]> {
    try {
      const answer = (await (await fetch(`${this.url}/v1/sources`)).json()) as {
        readonly items: readonly SourceItem[];
      };
      this.#listening ??= process.hrtime.bigint();
      return answer.items.flatMap(({ coverage = [] }) =>
        coverage.filter((row) => row.type === type).map(({ state }) => state),
      );
    } catch {
      return []; // not listening yet
    }
  }

  /** Largest resident set so far, MB. */
  get peakMb(): number {
    return usageOf(this.#child.pid ?? 0)?.peakMb ?? 0;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGINT');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
