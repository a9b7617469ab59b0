import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeOf } from './time-words.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const told = (text: string) => new Date(timeOf(text, '--at', now)).toISOString();

describe('in New York', () => {
  const before = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'America/New_York';
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  test.each([
    ['now', '2026-11-26T12:00:00.000Z'],
    ['2026-11-26T01:00:00Z', '2026-11-26T01:00:00.000Z'],
    ['2026-11-26T01:00:00.25+02:00', '2026-11-25T23:00:00.250Z'],
    ['2026-11-26 01:00Z', '2026-11-26T01:00:00.000Z'],
    ['2026-11-26', '2026-11-26T05:00:00.000Z'],
    ['2026-07-01', '2026-07-01T04:00:00.000Z'],
    ['2026-11-26T01:30', '2026-11-26T06:30:00.000Z'],
    ['2026-11-26 01:30:15', '2026-11-26T06:30:15.000Z'],
    ['-2h', '2026-11-26T10:00:00.000Z'],
    ['10m ago', '2026-11-26T11:50:00.000Z'],
    ['1d2h30m ago', '2026-11-25T09:30:00.000Z'],
    ['-1w', '2026-11-19T12:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(told(text)).toBe(time);
  });

  test.each([
    '',
    'yesterday',
    '2h',
    '-2',
    '-2x',
    '2026-13-01',
    '2026-02-30',
    '2026-11-26T25:00',
    '12:00',
    '-h',
    '2026',
    '2026-02-30T00:00:00Z',
  ])('%j is no time', (text) => {
    expect(() => timeOf(text, '--at', now)).toThrow(/^--at .*: write a time as/);
  });
});
