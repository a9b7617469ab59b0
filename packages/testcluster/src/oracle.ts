import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { testClusterProgram } from './binaries.ts';
import { exactJson } from './exact-json.ts';

/**
 * Kubernetes' own code that answers questions, one JSON value a line: how it reads YAML, what Pod Security allows, what
 * a CEL expression gives. The questions and answers are described in go/{yaml,podsecurity,cel}.go.
 */
export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }[] = [];

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    child.once('exit', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('the oracle ended before it answered'));
    });
    // Writing to one that has ended is seen by its exit.
    child.stdin.on('error', () => undefined);
  }

  /** @throws {TestClusterUnavailable} where the program cannot be built here. */
  static async start(command: 'yaml' | 'pod-security' | 'cel'): Promise<Oracle> {
    return new Oracle(spawn(await testClusterProgram(), [command]));
  }

  /** The answer to one question; questions are answered in order. */
  ask(question: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${exactJson(question)}\n`);
    });
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
