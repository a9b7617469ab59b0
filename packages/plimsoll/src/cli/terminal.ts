import type { Problem } from '../model/problem.ts';
import type { Readable, Writable } from 'node:stream';
import type { ProgramName } from './program.ts';
import { problemText } from './output/problem-text.ts';
import { painter, type Paint } from './output/paint.ts';
import { ProgressLine } from './output/progress-line.ts';

/** What a command may touch of the process: streams, environment, the wish to stop. */
export interface Terminal {
  readonly stdin: Readable;
  /** Writes data; resolves once the stream can take more. What is written after the reader is gone is dropped. */
  readonly write: (text: string) => Promise<void>;
  /** Writes a line for the person (standard error). */
  readonly say: (line: string) => void;
  /** Writes a problem for the person (standard error). */
  readonly complain: (problem: Problem) => void;
  /**
   * What is being done, for a person who waits: after the first second it stands on the last line of standard error
   * where that is a terminal, and goes before anything else is written there. null ends it.
   */
  readonly progress: (what: string | (() => string) | null) => void;
  /** Colours for standard output. */
  readonly paint: Paint;
  /** Columns of standard output; null where it is no terminal. */
  readonly width: number | null;
  readonly environment: NodeJS.ProcessEnv;
  /** What the program is called by. */
  readonly program: ProgramName;
  /** Aborted by SIGINT and SIGTERM, and when the reader of standard output is gone. */
  readonly signal: AbortSignal;
  /** Calls back on SIGHUP, which otherwise ends the command; gives the way to stop that. */
  readonly onHangup: (listener: () => void) => () => void;
}

interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/**
 * The terminal of a process. `color` false, or the variable NO_COLOR set to anything (no-color.org), gives plain text;
 * so does a pipe. COLUMNS outranks the terminal's own width.
 */
export function openTerminal(
  streams: Streams,
  environment: NodeJS.ProcessEnv,
  { color, program }: { readonly color: boolean; readonly program: ProgramName },
  signal: AbortSignal,
  onHangup: Terminal['onHangup'],
): Terminal {
  const { stdin, stdout, stderr } = streams;
  const colorful = color && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const gone = new AbortController();
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone.abort();
  });
  stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const columns = Number(environment['COLUMNS'] ?? stdout.columns ?? 80);
  const shown = stderr.isTTY === true && environment['TERM'] !== 'dumb';
  const room = stderr.columns === undefined || stderr.columns === 0 ? 80 : stderr.columns;
  const progress = new ProgressLine(shown ? (text) => void stderr.write(text) : null, room);
  const errorPaint = painter(colorful && stderr.isTTY === true);
  return {
    stdin,
    environment,
    program,
    onHangup,
    signal: AbortSignal.any([signal, gone.signal]),
    paint: painter(colorful && stdout.isTTY === true),
    width: stdout.isTTY === true && columns > 0 ? columns : null,
    progress: (what) => progress.show(what),
    write: async (text) => {
      if (stdout.isTTY === true) progress.clear();
      if (gone.signal.aborted || text === '' || stdout.write(text)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      stdout.once('drain', resolve);
      gone.signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    },
    say: (line) => {
      progress.clear();
      stderr.write(`${line}\n`);
    },
    complain: (problem) => {
      progress.clear();
      stderr.write(`${problemText(problem, errorPaint)}\n`);
    },
  };
}
