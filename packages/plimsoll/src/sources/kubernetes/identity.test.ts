import { describe, expect, it } from 'vitest';
import { recognise } from './identity.ts';

describe('who answers, after what was known before', () => {
  it.each([
    ['nothing', null, 'kube-system/a', { identity: 'kube-system/a', isAnother: false, isUnproven: false }],
    ['the same', 'kube-system/a', 'kube-system/a', { identity: 'kube-system/a', isAnother: false, isUnproven: false }],
    [
      'another UID',
      'kube-system/a',
      'kube-system/b',
      { identity: 'kube-system/b', isAnother: true, isUnproven: false },
    ],
    ['another address', 'server/a', 'server/b', { identity: 'server/b', isAnother: true, isUnproven: false }],
    // The right to read kube-system was lost, or given: no proof that it is another cluster.
    ['a UID', 'kube-system/a', 'server/b', { identity: 'kube-system/a', isAnother: false, isUnproven: true }],
    ['an address', 'server/a', 'kube-system/b', { identity: 'kube-system/b', isAnother: false, isUnproven: false }],
  ])('before it was %s', (_, before, found, recognised) => {
    expect(recognise(before, found)).toEqual(recognised);
  });
});
