import { PlimsollError } from '../model/errors.ts';
import { millisecondsOf } from './quantity-words.ts';

const local = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?)?$/;
const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * The time that a person means, in milliseconds since 1970: RFC 3339 (`2026-11-26T01:00:00Z`, `…+02:00`); without a zone
 * it is in this machine's (TZ), a date alone its beginning there; `-2h`, `1h30m ago` (s, m, h, d, w) from `now` back.
 *
 * @throws PlimsollError PLM1002 for what is none of these
 */
export function timeOf(text: string, option: string, now: number): number {
  const words = text.trim();
  if (words === 'now') return now;
  const back = /^-(\S+)$/.exec(words)?.[1] ?? /^(\S+) ago$/.exec(words)?.[1];
  const span = back === undefined ? null : millisecondsOf(back);
  if (span !== null) return now - span;
  const found = zoned.test(words) ? zonedTime(words) : localTime(words);
  if (found !== null && Number.isFinite(found)) return found;
  throw new PlimsollError(
    'PLM1002',
    `${option} ${text}: write a time as 2026-11-26T01:00:00Z, a date, -2h or "10m ago"; without a zone it is in this machine's.`,
  );
}

/** A time with a zone; null for a day that there is not, which Date.parse takes for one of the next month. */
function zonedTime(text: string): number | null {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day ? Date.parse(text.replace(' ', 'T')) : null;
}

/** A time in the machine's zone; null for a text that is none, or a day that there is not. */
function localTime(text: string): number | null {
  const found = local.exec(text);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const time = new Date(year, month - 1, day, hour, minute, second, Number((found[7] ?? '0').padEnd(3, '0')));
  const isThere = time.getMonth() === month - 1 && time.getDate() === day && hour < 24 && minute < 60 && second < 60;
  return isThere ? time.getTime() : null;
}

/** `--at` as the API takes it; undefined where it was not given. @throws PlimsollError PLM1002 */
export function atText(at: string | undefined): string | undefined {
  return at === undefined ? undefined : new Date(timeOf(at, '--at', Date.now())).toISOString();
}
