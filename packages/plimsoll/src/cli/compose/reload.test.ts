import { describe, expect, it } from 'vitest';
import { restAfter } from './reload.ts';

describe('the rest between two looks at the files', () => {
  it.each([
    ['one file', 1, 500],
    ['1,000 files', 1000, 2000],
    ['10,000 files', 10_000, 5000],
  ])('of %s goes by their number, however busy the machine is', (_, files, rest) => {
    expect(restAfter('plimsoll.yaml 1 2 3\n'.repeat(files).trimEnd())).toBe(rest);
  });
});
