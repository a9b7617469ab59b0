import { describe, expect, it } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { IdentityCheck } from './identity-check.ts';

const { signal } = new AbortController();

describe('whether a cluster is still the same', () => {
  it('is asked once by many who ask together', async () => {
    let asked = 0;
    const check = new IdentityCheck('a', async () => `a${'b'.repeat(asked++)}`, systemClock);
    expect(await Promise.all([check.whoAnswers(signal), check.whoAnswers(signal), check.whoAnswers(signal)])).toEqual([
      'same',
      'same',
      'same',
    ]);
    expect(asked).toBe(1);
    expect(check.replaced.aborted).toBe(false);
  });

  it('ends for good once it was another', async () => {
    const check = new IdentityCheck('a', async () => 'b', systemClock);
    expect(await check.whoAnswers(signal)).toBe('another');
    expect(check.replaced.aborted).toBe(true);
  });

  it('is asked again after a failure', async () => {
    const answers = [Promise.reject(new Error('cut')), Promise.resolve('a')];
    const check = new IdentityCheck('a', async () => (await answers.shift()) ?? '', systemClock);
    await expect(check.whoAnswers(signal)).rejects.toThrow('cut');
    expect(await check.whoAnswers(signal)).toBe('same');
  });
});
