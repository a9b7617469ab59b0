import { PlimsollError, problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { exitCodeOfProblem, exitCodes, type ExitCode } from './exit-code.ts';
import { parseCommandLine, type Invocation } from './program.ts';
import { openTerminal } from './terminal.ts';
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
  host.exit(await run(host, stop.signal));
}

async function run(host: NodeJS.Process, signal: AbortSignal): Promise<ExitCode> {
  let invocation: Invocation;
  try {
    invocation = parseCommandLine(host.argv.slice(2), host.env);
  } catch (error) {
    return complain(openTerminal(host, host.env, true, signal).complain, error);
  }
  const color = invocation.kind === 'help' || invocation.options.color;
  const terminal = openTerminal(host, host.env, color, signal);
  if (invocation.kind === 'help') {
    await terminal.write(invocation.text);
    return exitCodes.good;
  }
  try {
    terminal.progress(invocation.entry.name);
    const { run: command } = await invocation.entry.load();
    return await command(invocation.words, invocation.options, terminal);
  } catch (error) {
    return complain(terminal.complain, error);
  } finally {
    terminal.progress(null);
  }
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
