import { describe, expect, it } from 'vitest';
import { waiverDocument, waiverFrom } from './waiver.ts';
import { waiverProblems, waiverState } from './waiver-state.ts';

const NOW = Date.parse('2026-11-24');

function waiver(name: string, expires?: string) {
  const spec = { guardrails: ['*'], reason: 'because', ...(expires === undefined ? {} : { expires }) };
  const document = { apiVersion: 'plimsoll.dev/v1', kind: 'Waiver', metadata: { name }, spec };
  return waiverFrom(waiverDocument.parse(document), 'waivers.yaml');
}

describe('a waiver', () => {
  it.each([
    ['2026-11-24', 1, 'expired'],
    ['2026-11-24', 0, 'expired'],
    ['2026-12-07', 1, 'expires soon'],
    ['2026-12-09', 1, 'in force'],
    [undefined, 1, 'in force'],
    [undefined, 0, 'matches nothing'],
    [undefined, null, 'in force'],
    ['2026-12-07', null, 'expires soon'],
  ] as const)('that ends %s and covers %s is %s', (expires, covered, expected) => {
    expect(waiverState(waiver('w', expires), covered, NOW)).toBe(expected);
  });

  it('is itself reported where it is over, about to be, or covers nothing', () => {
    const waivers = [waiver('over', '2026-11-01'), waiver('soon', '2026-11-25'), waiver('idle'), waiver('good')];
    const covered = new Map([
      ['soon', 2],
      ['good', 1],
    ]);
    expect(waiverProblems(waivers, covered, NOW).map(({ code, message }) => `${code} ${message}`)).toEqual([
      'PLM1320 waiver over expired at 2026-11-01T00:00:00.000Z',
      'PLM1320 waiver soon expires at 2026-11-25T00:00:00.000Z',
      'PLM1321 waiver idle covers nothing here',
    ]);
  });
});
