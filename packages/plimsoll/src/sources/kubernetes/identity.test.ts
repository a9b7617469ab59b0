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
    // A cluster may have been made anew behind its address, and a cluster may move, or have a new authority.
    ['the same address', 'server/a', 'server/a', { identity: 'server/a', isAnother: false, isUnproven: true }],
    ['another address', 'server/a', 'server/b', { identity: 'server/b', isAnother: false, isUnproven: true }],
    // The right to read kube-system was lost, or given: no proof that it is another cluster, or the same.
    ['a UID', 'kube-system/a', 'server/b', { identity: 'kube-system/a', isAnother: false, isUnproven: true }],
    ['an address', 'server/a', 'kube-system/b', { identity: 'kube-system/b', isAnother: false, isUnproven: true }],
  ])('before it was %s', (_, before, found, recognised) => {
    expect(recognise(before, found)).toEqual(recognised);
  });
});
