import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../inventory/sqlite/retention.ts';
import { optionEntry } from './option-table.ts';
import { retentionOf } from './quantity-words.ts';

const given = (keep: string, size: string) => retentionOf({ 'history-keep': keep, 'history-size': size });

describe('how long, and how much, the past is kept', () => {
  it.each([
    ['30d', '2GiB', 2_592_000_000, 2_147_483_648],
    ['1d12h', '500MB', 129_600_000, 500_000_000],
    ['8w', '1TiB', 4_838_400_000, 1_099_511_627_776],
    ['90s', '10MiB', 90_000, 10_485_760],
  ])('given %s and %s, then %i ms and %i bytes', (keep, size, milliseconds, bytes) => {
    expect(given(keep, size)).toEqual({ keep: milliseconds, size: bytes });
  });

  it('is by default what a store keeps that is told nothing', () => {
    expect(given(`${optionEntry('history-keep').default}`, `${optionEntry('history-size').default}`)).toEqual(
      DEFAULT_LIMITS,
    );
  });

  it.each(['', '30', 'd', '-1d', '30 d', '1.5d', '30D', 'forever'])(
    'given %j for a span, then it is refused',
    (keep) => {
      expect(() => given(keep, '2GiB')).toThrow(`--history-keep ${keep}: write a span as 12h, 30d or 8w.`);
    },
  );

  it.each(['', '2', 'GiB', '2 GiB', '-2GiB', '2gib', '1.5GiB', '2KB'])(
    'given %j for a size, then it is refused',
    (size) => {
      expect(() => given('30d', size)).toThrow(`--history-size ${size}: write a size as 500MiB or 2GiB.`);
    },
  );
});
