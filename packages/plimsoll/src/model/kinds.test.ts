import { expect, test } from 'vitest';
import { FileKinds } from './kinds.ts';

test('the plural of a kind that nobody told of is guessed, a Gateway’s as its CRD has it', () => {
  const kinds = new FileKinds();
  const guessed = ['Policy', 'Gateway', 'Class', 'Widget'].map((kind) => kinds.guess('example.com/v1', kind));
  expect(guessed).toEqual([
    'example.com/policies',
    'example.com/gateways',
    'example.com/classes',
    'example.com/widgets',
  ]);
});
