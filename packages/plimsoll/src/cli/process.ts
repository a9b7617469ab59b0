import { closeSync, openSync } from 'node:fs';
import { PlimsollError, problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { exitCodeOfProblem, exitCodes, type ExitCode } from './exit-code.ts';
import { parseCommandLine, programName, type Invocation } from './program.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import type { Invoked } from './command-table.ts';
import type { Options } from './option-table.ts';
import { configurationFile } from './configuration/which-file.ts';
import { problemText } from './output/problem-text.ts';
import { painter } from './output/paint.ts';

/** How long a command may take to stop after the first SIGINT or SIGTERM. */
const graceMilliseconds = 5000;

/**
 * Runs the command line of a process to its end and exits with its code. The first SIGINT or SIGTERM
 * asks the command to stop; the second, or 5 s, ends it. What nothing caught is PLM1901, exit 70.
 */
export async function runProcess(host: NodeJS.Process): Promise<void> {
  const stop = new AbortController();
  const crash = (error: unknown) => {
    host.stderr.write(`${problemText(problemOf(error), painter(false))}\n`);
    host.exit(exitCodes.bug);
  };
  host.on('uncaughtException', crash);
  host.on('unhandledRejection', crash);
  const interrupt = () => {
    if (stop.signal.aborted) host.exit(exitCodes.unseen);
    stop.abort();
    setTimeout(() => host.exit(exitCodes.unseen), graceMilliseconds).unref();
  };
  host.on('SIGINT', interrupt);
  host.on('SIGTERM', interrupt);
  const listeners = new Set<() => void>();
  host.on('SIGHUP', () => {
    if (listeners.size === 0 || isOrphaned(host)) interrupt();
    else for (const listener of listeners) listener();
  });
  const onHangup = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const code = await run(host, stop.signal, onHangup);
  await Promise.all([written(host.stdout), written(host.stderr)]);
  host.exit(code);
}

/** Waits until the stream has handed on all that it was given: `exit` loses what a pipe's slow reader has not taken. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.write('', () => resolve()); // called with an error, too, where the reader is gone
  await promise;
}

/** Whether the terminal that the process was started on is closed, which the kernel tells by the same SIGHUP. */
function isOrphaned(host: NodeJS.Process): boolean {
  if (!host.stdin.isTTY && !host.stderr.isTTY) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

async function run(host: NodeJS.Process, signal: AbortSignal, onHangup: Terminal['onHangup']): Promise<ExitCode> {
  let invocation: Invocation;
  const program = programName(host.argv[1]);
  try {
    invocation = parseCommandLine(host.argv.slice(2), host.env, program);
  } catch (error) {
    return complain(openTerminal(host, host.env, { color: true, program }, signal, onHangup).complain, error);
  }
  const color = invocation.kind === 'help' || invocation.options.color;
  const terminal = openTerminal(host, host.env, { color, program }, signal, onHangup);
  if (invocation.kind === 'help') {
    await terminal.write(invocation.text);
    return exitCodes.good;
  }
  try {
    terminal.progress(invocation.entry.name);
    const settled = await settle(invocation, terminal);
    if (settled === null) return exitCodes.mistake;
    const { run: command } = await invocation.entry.load();
    return await command(invocation.words, settled.options, terminal, settled);
  } catch (error) {
    return complain(terminal.complain, error);
  } finally {
    terminal.progress(null);
  }
}

/** The options with what the configuration says; null where that is complained of. */
async function settle(
  invocation: Extract<Invocation, { kind: 'command' }>,
  { say, complain }: Terminal,
): Promise<(Invoked & { readonly options: Options }) | null> {
  const file = configurationFile(invocation);
  if (file === null)
    return { options: invocation.options, configuration: null, problems: [], asOf: '', reread: undefined };
  const { isDecided, settingsOf } = await import('./configuration/settings.ts');
  const { pathStamp } = await import('./configuration/path-stamp.ts');
  const asOf = await pathStamp([file]);
  const settings = await settingsOf(invocation, file);
  if ('problems' in settings) {
    if (invocation.entry.judgesConfiguration === true)
      return { options: invocation.options, configuration: null, problems: settings.problems, asOf, reread: undefined };
    for (const found of settings.problems) complain(found);
    return null;
  }
  // A file that was not named is easily overlooked. What runs on says so in its own way.
  const isSaid = invocation.entry.name !== 'up' && invocation.options.config === undefined;
  if (isSaid && isDecided(invocation, settings)) say(`Configuration ${file}.`);
  return { ...settings, problems: [], asOf, reread: async () => await settingsOf(invocation, file) };
}

function complain(say: (problem: Problem) => void, error: unknown): ExitCode {
  const shown = problemOf(error);
  say(shown);
  return exitCodeOfProblem(shown);
}

/** A coded error's own problem; anything else is our bug, PLM1901, with its stack. */
function problemOf(error: unknown): Problem {
  if (error instanceof PlimsollError) return error.problem;
  return problem('PLM1901', error instanceof Error ? (error.stack ?? error.message) : String(error));
}
