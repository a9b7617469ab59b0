import { type ChildProcess, spawn } from 'node:child_process';
import { type Component, executable } from './binaries.ts';

const KEPT_OUTPUT = 20_000;

/**
 * Becomes the program that it is given, beside a watcher that kills this process id when our end of stdin is closed,
 * which the operating system does for a parent that dies in whatever way. POSIX gives a background job's stdin away,
 * hence the second descriptor.
 */
const WATCHED = 'exec 3<&0; (cat <&3; kill -KILL $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

/** A running component. Its stdin stays open for as long as we live: it ends when we do, however we end. */
export class ComponentProcess {
  readonly component: Component;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';
  #hasEnded = false;

  private constructor(component: Component, child: ChildProcess) {
    this.component = component;
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        this.#hasEnded = true;
        resolve();
      });
    });
  }

  /** Starts a component with its flags. @throws {TestClusterUnavailable} where there is no program for it. */
  static async start(component: Component, flags: readonly string[], signal?: AbortSignal): Promise<ComponentProcess> {
    const { file, leadingArguments, endsWithStdin } = await executable(component, signal);
    signal?.throwIfAborted();
    const line = [file, ...leadingArguments, ...flags];
    const [program = file, ...words] = endsWithStdin ? line : ['sh', '-c', WATCHED, 'sh', ...line];
    const child = spawn(program, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PLIMSOLL_TESTCLUSTER_END_WITH_STDIN: '1', GOMAXPROCS: '2' },
      // A group of its own: Ctrl-C in a terminal is for us, who stop the components in order.
      detached: true,
    });
    // A component that ended already closes the pipe; that is seen by its exit.
    child.stdin.on('error', () => undefined);
    // Its watcher goes with it.
    child.once('exit', () => child.stdin.end());
    return new ComponentProcess(component, child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The last of what it printed, for error messages. */
  get output(): string {
    return this.#output;
  }

  /** Ends it: asks first, and kills after `patienceMs`. Resolves when it is gone. */
  async stop(patienceMs = 5_000): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
