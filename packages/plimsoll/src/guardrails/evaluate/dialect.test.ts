import { kubernetes } from '@plimsoll/cel';
import { describe, expect, it } from 'vitest';
import { knownMinors, newestDialect, storedDialect } from './dialect.ts';

describe('the dialect of a cluster’s policies', () => {
  it.each([
    [24, '1.27'],
    [27, '1.27'],
    [31, '1.31'],
    [36, '1.36'],
    [37, '1.36'],
    [99, '1.36'],
    [null, '1.36'],
  ])('of minor version %s is that of %s, the nearest that is known', (minor, version) => {
    expect(storedDialect(minor)).toEqual({ version, expressions: 'stored' });
  });

  it('is one that CEL knows, of every version that is said to be known and of no other', () => {
    const { oldest, newest } = knownMinors;
    const known = Array.from({ length: newest - oldest + 1 }, (_, i) => `1.${oldest + i}`);
    for (const version of [...known, newestDialect.version])
      expect(() => kubernetes(version, newestDialect.expressions)).not.toThrow();
    for (const minor of [oldest - 1, newest + 1]) expect(() => kubernetes(`1.${minor}`, 'stored')).toThrow(RangeError);
  });
});
