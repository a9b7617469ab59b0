import fc from 'fast-check';
import { expect, test } from 'vitest';
import { each, fieldPathText, fieldSteps } from './field-path.ts';

test.each([
  ['data', ['data']],
  ['spec.containers[0].env', ['spec', 'containers', 0, 'env']],
  ['spec.containers[*].env', ['spec', 'containers', each, 'env']],
  ['metadata.annotations["kubectl.kubernetes.io/x"]', ['metadata', 'annotations', 'kubectl.kubernetes.io/x']],
  ['["a.b"].c', ['a.b', 'c']],
])('%s has these steps', (text, steps) => {
  expect(fieldSteps(text)).toEqual(steps);
});

test.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a["b]', 'a.[0]', 'a]b', 'a b', 'a["\\x"]', 'a[-1]'])(
  '%j is no path',
  (text) => {
    expect(fieldSteps(text)).toBeNull();
  },
);

test('what a path is written as is read back, whatever its members are called', () => {
  const step = fc.oneof(fc.string(), fc.nat(), fc.constant(each));
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      expect(fieldSteps(fieldPathText(steps))).toEqual(steps);
    }),
  );
});
