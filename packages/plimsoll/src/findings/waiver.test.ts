import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';
import { nextExpiry } from './waiver.ts';

const DAY = Date.parse('2026-11-24');
const ending = (day: string) => ({ expires: Date.parse(day) });

describe('nextExpiry', () => {
  it('is the nearest end to come', () => {
    const waivers = [ending('2026-11-01'), ending('2027-01-01'), ending('2026-12-01'), { expires: null }];
    expect(nextExpiry(waivers, DAY)).toBe(Date.parse('2026-12-01'));
    expect(nextExpiry([{ expires: null }], DAY)).toBeNull();
  });
});

describe('matchesGlob', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });

  it('matches what the parts of the pattern are put together to', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.array(text, { minLength: 3 }),
        (parts, between) => {
          const made = parts.reduce((before, part, at) => `${before}${between[at - 1] ?? ''}${part}`);
          expect(matchesGlob(parts.join('*'), made)).toBe(true);
        },
      ),
    );
  });

  it('agrees with the regular expression of the pattern', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (glob, of) => {
        const regular = new RegExp(`^${glob.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`);
        expect(matchesGlob(glob, of)).toBe(regular.test(of));
      }),
    );
  });
});
