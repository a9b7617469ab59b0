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
  readonly name: string;
  readonly coverage?: readonly { readonly type: string; readonly state: string }[];
}

/** A `plimsoll up` of its own on clusters, with the 20 policies and a durable store, which outlives kill -9. */
export class RunningPlimsoll {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #folder: string;
  #child: ChildProcess;
  #started: bigint;
  /** When its server first answered: the sources connect right after. */
  #listening: bigint | undefined;

  private constructor(args: readonly string[], url: string, folder: string) {
    this.#args = args;
    this.url = url;
    this.#folder = folder;
    this.#started = process.hrtime.bigint();
    this.#child = spawned(args);
  }

  static async start(kubeconfig: string, contexts: readonly string[] = ['admin']): Promise<RunningPlimsoll> {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
    const port = await freePort();
    const args = [
      program,
      'up',
      ...contexts.flatMap((context) => ['--context', context]),
      '--kubeconfig',
      kubeconfig,
      '--store',
      join(folder, 'plimsoll.db'),
      '--guardrails',
      policies,
      '--listen',
      `127.0.0.1:${port}`,
    ];
    return new RunningPlimsoll(args, `http://127.0.0.1:${port}`, folder);
  }

  /** Milliseconds from when it begins to connect until a type is live, stored and evaluated, in so many sources. */
  async untilLive(type: string, sources = 1): Promise<number> {
    for (;;) {
      this.#check();
      if ((await this.#live(type)) >= sources) return Number(process.hrtime.bigint() - (this.#listening ?? 0n)) / 1e6;
      await new Promise((resolve) => setTimeout(resolve, this.#listening === undefined ? START_POLL_MS : POLL_MS));
    }
  }

  /** Milliseconds from the start of the process until its server answers a request for resources. */
  async untilServing(): Promise<number> {
    for (;;) {
      this.#check();
      try {
        const answer = await fetch(`${this.url}/v1/resources?limit=1`);
        await answer.arrayBuffer();
        if (answer.status === 200) return Number(process.hrtime.bigint() - this.#started) / 1e6;
      } catch {
        // not listening yet
      }
      await new Promise((resolve) => setTimeout(resolve, START_POLL_MS));
    }
  }

  #check(): void {
    const { exitCode } = this.#child;
    if (exitCode !== null) throw new Error(`plimsoll up ended with ${exitCode}`);
  }

  /** In how many sources a type is live. */
  async #live(type: string): Promise<number> {
    try {
      const answer = (await (await fetch(`${this.url}/v1/sources`)).json()) as {
        readonly items: readonly SourceItem[];
      };
      this.#listening ??= process.hrtime.bigint();
      return answer.items.filter(({ coverage = [] }) =>
        coverage.some((row) => row.type === type && row.state === 'live'),
      ).length;
    } catch {
      return 0; // not listening yet
    }
  }

  /** Largest resident set so far, MB. */
  get peakMb(): number {
    return usageOf(this.#child.pid ?? 0)?.peakMb ?? 0;
  }

  /** Resident set now, MB. */
  get residentMb(): number {
    return usageOf(this.#child.pid ?? 0)?.residentMb ?? 0;
  }

  /** CPU time so far, milliseconds. */
  get cpuMs(): number {
    return usageOf(this.#child.pid ?? 0)?.cpuMs ?? 0;
  }

  /** Ends it as a crash does: nothing in it runs any more. */
  async kill(): Promise<void> {
    this.#check();
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** Starts it again after {@link kill}, at the same address and on the same store. */
  startAgain(): void {
    this.#listening = undefined;
    this.#started = process.hrtime.bigint();
    this.#child = spawned(this.#args);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGINT');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function spawned(args: readonly string[]): ChildProcess {
  const flags = process.env['PLIMSOLL_BENCH_NODE_FLAGS']?.split(' ') ?? [];
  return spawn(process.execPath, [...flags, ...args], { stdio: 'ignore' });
}
