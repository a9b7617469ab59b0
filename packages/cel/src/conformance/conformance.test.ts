import { describe, expect, it } from 'vitest';
import { generated } from '../generate.ts';
import { exceptions } from './exceptions.ts';
import { difference, outOfScope, specTests } from './spec-tests.ts';

const all = specTests();
const inScope = all.filter((test) => outOfScope(test) === null);
const listed = Object.keys(exceptions);

describe('the CEL specification’s conformance tests', () => {
  it('are all there, and most of them need no protobuf messages', () => {
    expect(all.length).toBe(2344);
    expect(inScope.length).toBeGreaterThan(1600);
  });

  it.each([...new Set(inScope.map(({ file }) => file))])(
    '%s: every test that is not listed gives the expected answer, by closures and by generated code',
    (file) => {
      const wrong = inScope
        .filter((test) => test.file === file && !listed.includes(test.path))
        .flatMap((test) =>
          [undefined, generated].flatMap((mode) => {
            const found = difference(test, mode);
            return found === null ? [] : [`${mode?.name ?? 'closures'}, ${test.path}: ${test.test.expr}: ${found}`];
          }),
        );
      expect(wrong).toEqual([]);
    },
  );

  it('that fail give the same by generated code', () => {
    const listedTests = inScope.filter(({ path }) => listed.includes(path));
    expect(listedTests.map((test) => difference(test, generated))).toEqual(listedTests.map((test) => difference(test)));
  });

  it('fail where they are listed, each of them', () => {
    const failing = inScope.filter((test) => difference(test) !== null).map(({ path }) => path);
    expect(listed.filter((path) => !failing.includes(path))).toEqual([]);
  });
});
