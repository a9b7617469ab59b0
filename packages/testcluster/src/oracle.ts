import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { testClusterProgram } from './binaries.ts';

/** Kubernetes' own code that answers questions, one JSON value a line: how it reads YAML, what Pod Security allows. */
export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: ((answer: unknown) => void)[] = [];

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting.shift()?.(JSON.parse(line)));
  }

  /** @throws {TestClusterUnavailable} where the program cannot be built here. */
  static async start(command: 'yaml' | 'pod-security'): Promise<Oracle> {
    return new Oracle(spawn(await testClusterProgram(), [command]));
  }

  /** The answer to one question; questions are answered in order. */
  ask(question: object): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
