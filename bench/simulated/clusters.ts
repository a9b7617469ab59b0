import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address, Answered, Calls } from './calls.ts';

/** Simulated clusters in a process of their own, so that their memory and CPU are not Plimsoll's, over HTTPS. */
export class SimulatedClusters {
  /** A kubeconfig with a context `cluster-N` for each that is open. */
  readonly kubeconfig: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #addresses: Address[] = [];
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #asked = 0;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.kubeconfig = join(folder, 'kubeconfig');
    child.on('message', ({ id, result, error }: Answered) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    child.once('exit', (code) => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`the clusters ended with ${code}`));
    });
  }

  static start(): SimulatedClusters {
    const file = join(import.meta.dirname, 'process.ts');
    const child = fork(file, { execArgv: ['--max-old-space-size=4096'], serialization: 'advanced' });
    return new SimulatedClusters(child, mkdtempSync(join(tmpdir(), 'plimsoll-bench-clusters-')));
  }

  /** Opens one more cluster, and names it in the kubeconfig; gives its number. */
  async open(how: Parameters<Calls['open']>[0] = {}): Promise<number> {
    this.#addresses.push(await this.ask('open', how));
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfigOf(this.#addresses)));
    return this.#addresses.length - 1;
  }

  /** Asks the process to do something. */
  async ask<Name extends keyof Calls>(
    name: Name,
    argument: Parameters<Calls[Name]>[0],
  ): Promise<ReturnType<Calls[Name]>> {
    this.#asked += 1;
    const id = this.#asked;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as ReturnType<Calls[Name]>), reject });
      this.#child.send({ id, name, argument });
    });
  }

  /** Ends the process and all that it serves. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function kubeconfigOf(addresses: readonly Address[]): object {
  const named = addresses.map((address, number) => ({ ...address, name: `cluster-${number}` }));
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named.map(({ name, url, ca }) => {
      const authority = ca === '' ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
      return { name, cluster: { server: url, ...authority } };
    }),
    users: [{ name: 'bench', user: { token: 'token' } }],
    contexts: named.map(({ name }) => ({ name, context: { cluster: name, user: 'bench' } })),
    'current-context': 'cluster-0',
  };
}
