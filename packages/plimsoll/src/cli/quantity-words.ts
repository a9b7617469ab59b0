import { PlimsollError } from '../model/errors.ts';
import type { RetentionLimits } from '../inventory/sqlite/retention.ts';

const milliseconds: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const bytes: Readonly<Record<string, number>> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** A span of time: `12h`, `1d12h`; s, m, h, d (24 hours) and w. */
export const spanPattern: RegExp = /^(?:\d+[smhdw])+$/;
/** A size: `500MiB`, `2GB`. */
export const sizePattern: RegExp = /^\d+(?:[MGT]i?B)$/;

/** A span in milliseconds; null for a text that is none. */
export function millisecondsOf(text: string): number | null {
  if (!spanPattern.test(text)) return null;
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (milliseconds[unit] ?? 0),
    0,
  );
}

/** A size in bytes; null for a text that is none. */
function bytesOf(text: string): number | null {
  return sizePattern.test(text) ? Number.parseInt(text, 10) * (bytes[text.replace(/^\d+/, '')] ?? 0) : null;
}

/** How long the past is kept, and how large the store may grow with it. @throws PlimsollError PLM1002 */
export function retentionOf(options: {
  readonly 'history-keep': string;
  readonly 'history-size': string;
}): RetentionLimits {
  const { 'history-keep': keep, 'history-size': size } = options;
  const limits = { keep: millisecondsOf(keep), size: bytesOf(size) };
  if (limits.keep === null)
    throw new PlimsollError('PLM1002', `--history-keep ${keep}: write a span as 12h, 30d or 8w.`);
  if (limits.size === null)
    throw new PlimsollError('PLM1002', `--history-size ${size}: write a size as 500MiB or 2GiB.`);
  return { keep: limits.keep, size: limits.size };
}
