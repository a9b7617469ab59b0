import { describe, expect, it } from 'vitest';
import { checkedTests, difference, outOfScope } from './checked-tests.ts';

const all = checkedTests();
const inScope = all.filter((test) => outOfScope(test) === null);

/** Tests in which our answer is another one, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {
  'parse/receiver_function_names/namespace': 'Kubernetes’ authorizer declares a function `namespace`',
};

describe('the checked ASTs and errors of cel-go in @bufbuild/cel-spec', () => {
  it('are all there, and most of them need no protobuf messages', () => {
    expect(all.length).toBe(2571);
    expect(inScope.length).toBe(1608);
  });

  it.each([...new Set(inScope.map(({ file }) => file))])(
    '%s: types, overloads, messages and places are the same',
    (file) => {
      const wrong = inScope
        .filter((test) => test.file === file && exceptions[test.path] === undefined)
        .flatMap((test) => {
          const found = difference(test);
          return found === null ? [] : [`${test.path}: ${test.test.original.expr}: ${found}`];
        });
      expect(wrong).toEqual([]);
    },
  );

  it('differ still where an exception is listed', () => {
    const differing = inScope.filter((test) => difference(test) !== null).map(({ path }) => path);
    expect(differing).toEqual(Object.keys(exceptions));
  });
});
