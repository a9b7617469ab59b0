import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSelector, selects, selectsPartially, selectorText } from './label-selector.ts';
import type { LabelSelector, Selector } from './label-selector.ts';

function compiled(selector: LabelSelector): Selector {
  return (
    compileSelector(selector, (path, message) => expect.fail(`${path.join('.')}: ${message}`)) ?? { requirements: [] }
  );
}

function faultsOf(selector: LabelSelector): string[] {
  const faults: string[] = [];
  compileSelector(selector, (path, message) => faults.push(`${path.join('.')}: ${message}`));
  return faults;
}

const key = fc.constantFrom('a', 'b', 'c', 'example.com/d');
const value = fc.constantFrom('', 'x', 'y', 'z');
const labels = fc.dictionary(key, value);
const requirement = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.array(value, { minLength: 1 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.record({ matchLabels: labels, matchExpressions: fc.array(requirement) });

describe('a label selector', () => {
  // k8s.io/apimachinery/pkg/labels/selector_test.go, TestSelectorMatches and TestSetMatches
  test.each<[string, LabelSelector, Record<string, string>, boolean]>([
    ['nothing asked', {}, { a: 'b' }, true],
    ['a label that is there', { matchLabels: { a: 'x' } }, { a: 'x', b: 'y' }, true],
    ['a label of another value', { matchLabels: { a: 'x' } }, { a: 'y' }, false],
    ['In with the value', { matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] }, { a: 'y' }, true],
    ['In without the key', { matchExpressions: [{ key: 'a', operator: 'In', values: ['x'] }] }, {}, false],
    ['NotIn without the key', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }, {}, true],
    ['NotIn with the value', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }, { a: 'x' }, false],
    ['Exists with an empty value', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { a: '' }, true],
    ['DoesNotExist with the key', { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, { a: '' }, false],
    ['a key of every object', { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {}, false],
  ])('given %s, it answers as Kubernetes does', (_, asked, given, expected) => {
    expect(selects(compiled(asked), given)).toBe(expected);
  });

  test('given any selector and labels, the partial form with everything known agrees', () => {
    fc.assert(
      fc.property(selector, labels, (asked, given) => {
        expect(selectsPartially(compiled(asked), given, () => true)).toBe(selects(compiled(asked), given));
      }),
    );
  });

  test('given unknown labels, an answer never depends on them', () => {
    fc.assert(
      fc.property(selector, labels, key, value, (asked, given, hidden, other) => {
        const { [hidden]: _, ...rest } = given;
        const answer = selectsPartially(compiled(asked), rest, (name) => name !== hidden);
        const possible = [rest, given, { ...rest, [hidden]: other }].map((world) => selects(compiled(asked), world));
        expect(typeof answer === 'boolean' ? possible.every((one) => one === answer) : true).toBe(true);
      }),
    );
  });

  test.each<[string, LabelSelector, string]>([
    [
      'an operator that is none',
      { matchExpressions: [{ key: 'a', operator: 'in', values: ['x'] }] },
      '"in" is no operator',
    ],
    ['In without values', { matchExpressions: [{ key: 'a', operator: 'In' }] }, 'needs at least one value'],
    ['Exists with values', { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }, 'takes no values'],
    ['a key that is none', { matchLabels: { 'a b': 'x' } }, '"a b" is not a label key'],
    ['a value that is none', { matchLabels: { a: 'x y' } }, '"x y" is not a label value'],
  ])('given %s, it is a fault', (_, asked, message) => {
    expect(faultsOf(asked)).toEqual([expect.stringContaining(message)]);
  });

  test('given all operators, it reads in words', () => {
    const asked = compiled({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['x', 'y'] },
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'DoesNotExist' },
      ],
    });
    expect(selectorText(asked)).toBe('app in (web), tier not in (x, y), a, !b');
  });
});
