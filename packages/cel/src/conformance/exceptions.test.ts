import { Oracle, TestClusterUnavailable } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import type { Question } from './differential/our-answers.ts';
import { inWords, survey } from './differential/survey.ts';
import { exceptions } from './exceptions.ts';
import { type PlacedTest, specTests } from './spec-tests.ts';

const oracle = await Oracle.start('cel').catch((error: unknown) => {
  if (error instanceof TestClusterUnavailable && process.env['CI'] !== 'true') return undefined;
  throw error;
});
afterAll(() => oracle?.close());

/** Tests that bind variables of other names, asked of `object`; Kubernetes has no container in which to look names up. */
const rephrased: Readonly<Record<string, Pick<Question, 'expression' | 'object'>>> = {
  'string_ext/format/scientific notation formatting clause in a string variable': {
    expression: 'object.format([1052.032911275])',
    object: '%.6e',
  },
  'timestamps/duration_converters/get_milliseconds': {
    expression: "duration('123.321456789s').getMilliseconds()",
    object: {},
  },
  'namespace/namespace/self_eval_container_lookup': { expression: 'object', object: 'false' },
  'namespace/namespace/self_eval_container_lookup_unchecked': { expression: 'object', object: false },
};

function asked({ path, test }: PlacedTest): Question {
  return rephrased[path] ?? { expression: test.expr, object: {} };
}

describe.skipIf(oracle === undefined)('cel-go in the API server’s environment', () => {
  const listed = specTests().filter(({ path }) => exceptions[path] !== undefined);

  it('answers each test of the specification that is listed as an exception as we do', async () => {
    const found = await survey(oracle as Oracle, listed.map(asked));
    expect(found.pairs).toBe(Object.keys(exceptions).length);
    expect(found.differences.map(inWords)).toEqual([]);
  });

  it('is asked all of them: those with variables in other words', () => {
    const bound = listed.filter(({ test }) => test.bindings !== undefined).map(({ path }) => path);
    expect(Object.keys(rephrased).toSorted()).toEqual(bound.toSorted());
  });
});
