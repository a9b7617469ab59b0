import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { templatePaths } from './autogen.ts';

/** As kyverno's pkg/cel/autogen/replacement_test.go has them, and what its code says of the rest. */
describe('paths of pods as those of templates', () => {
  test.each([
    ['object.spec.containers', 'object.spec.template.spec.containers'],
    ['oldObject.spec.hostNetwork', 'oldObject.spec.template.spec.hostNetwork'],
    ['has(object.metadata.labels)', 'has(object.spec.template.metadata.labels)'],
    ['object.metadata.namespace == "a"', 'object.metadata.namespace == "a"'],
    ['object.metadata.namespace', 'object.metadata.namespace'],
    ['object.metadata.namespaceFoo', 'object.spec.template.metadata.namespaceFoo'],
    ['object.metadata.?labels.orValue({})', 'object.spec.template.metadata.?labels.orValue({})'],
    ['object.?spec.?containers', 'object.?spec.?containers'],
    ['object.specs', 'object.spec.template.specs'],
    ['myobject.spec', 'myobject.spec.template.spec'],
  ])('%s', (source, rewritten) => {
    expect(templatePaths(source, 'spec.template')).toBe(rewritten);
  });

  test('text that names neither is left as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/bject\.(spec|metadata)/.test(text)),
        (text) => {
          expect(templatePaths(text, 'spec.template')).toBe(text);
        },
      ),
    );
  });
});
