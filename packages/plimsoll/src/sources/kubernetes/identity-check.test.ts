import { describe, expect, it } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { IdentityCheck } from './identity-check.ts';

const { signal } = new AbortController();
const [known, other, address] = ['kube-system/a', 'kube-system/b', 'server/https://a#0123456789abcdef'];

describe('who answers', () => {
  it('is asked once by many who ask together', async () => {
    const answers = [known, other];
    const check = new IdentityCheck(known, async () => answers.shift() ?? '', systemClock);
    const asked = [check.whoAnswers(signal), check.whoAnswers(signal), check.whoAnswers(signal)];
    expect(await Promise.all(asked)).toEqual(['same', 'same', 'same']);
    expect(answers).toEqual([other]);
    expect(check.replaced.aborted).toBe(false);
  });

  it('is another for good once it was another', async () => {
    const check = new IdentityCheck(known, async () => other, systemClock);
    expect(await check.whoAnswers(signal)).toBe('another');
    expect(check.replaced.aborted).toBe(true);
  });

  it('is unproven where only its address is left of a cluster that was known by its UID', async () => {
    const check = new IdentityCheck(known, async () => address, systemClock);
    expect(await check.whoAnswers(signal)).toBe('unproven');
    expect(check.replaced.aborted).toBe(false);
  });

  it('is asked again after a failure', async () => {
    const answers = [Promise.reject(new Error('cut')), Promise.resolve(known)];
    const check = new IdentityCheck(known, async () => (await answers.shift()) ?? '', systemClock);
    await expect(check.whoAnswers(signal)).rejects.toThrow('cut');
    expect(await check.whoAnswers(signal)).toBe('same');
  });
});
