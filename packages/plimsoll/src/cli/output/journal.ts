import type { Fault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { faultOf } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { redacted, redactedFields } from './redacted.ts';

/** How much a line matters. */
type LogLevel = Options['log-level'];

/** What a command that runs on writes to standard error: lines for a person, or a JSON record a line (pino). */
export interface Journal {
  /** Something that a person wants to know. */
  readonly say: (line: string) => void;
  readonly complain: (problem: Problem) => void;
  /** Something for who looks closely; `fields` say it in parts. */
  readonly note: (level: LogLevel, line: string, fields: Readonly<Record<string, unknown>>) => void;
  /** See {@link Terminal.progress}; nothing where records are written. */
  readonly progress: Terminal['progress'];
}

const ranks: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

const levelOfFault: Readonly<Record<Fault, LogLevel>> = {
  bug: 'error',
  user: 'error',
  unseen: 'warn',
  retryable: 'warn',
  theirs: 'warn',
  notice: 'info',
};

/** Opens it as the options say; what it writes holds no secret. */
export async function openJournal(
  { 'log-format': format, 'log-level': level }: Pick<Options, 'log-format' | 'log-level'>,
  { say, complain, progress }: Pick<Terminal, 'say' | 'complain' | 'progress'>,
): Promise<Journal> {
  return format === 'json' ? await records(level, say, progress) : lines(level, say, complain, progress);
}

function lines(
  most: LogLevel,
  say: Terminal['say'],
  complain: Terminal['complain'],
  progress: Terminal['progress'],
): Journal {
  const shows = (level: LogLevel) => ranks[level] <= ranks[most];
  return {
    say: (line) => void (shows('info') && say(redacted(line))),
    complain: (problem) => {
      if (shows(levelOf(problem))) complain({ ...problem, message: redacted(problem.message) });
    },
    note: (level, line, fields) => {
      const words = Object.entries(redactedFields(fields)).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [`${name}=${String(value)}`],
      );
      if (shows(level)) say([`${level}: ${redacted(line)}`, ...words].join(' '));
    },
    progress,
  };
}

async function records(most: LogLevel, say: Terminal['say'], progress: Terminal['progress']): Promise<Journal> {
  // Loaded only where records are asked for.
  const { pino } = await import('pino');
  progress(null);
  const log = pino(
    {
      level: most,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactedFields },
    },
    { write: (line: string) => say(line.trimEnd()) },
  );
  return {
    say: (line) => log.info(redacted(line)),
    complain: (problem) => {
      const { message, ...rest } = problem;
      const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
      log[levelOf(problem)](known, redacted(message));
    },
    note: (level, line, fields) => log[level](fields, redacted(line)),
    progress: () => undefined,
  };
}

function levelOf(problem: Problem): LogLevel {
  return levelOfFault[faultOf(problem)];
}
