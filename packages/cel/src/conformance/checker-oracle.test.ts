import { Oracle, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { typingOf } from '../check/typing.ts';
import { kubernetes } from '../environment/environment.ts';
import { comparable, ours, randomEnvironment, theirs } from './checker-oracle.ts';
import { RandomExpressions, variableTypes } from './random-expression.ts';

const oracle = await testClusterOrSkip(() => Oracle.start('cel'));
const everyFunction = typingOf(kubernetes('1.36', 'stored')).functions;

/** Version, mode, seed, how many. */
const runs = [
  ['1.36', 'stored', 1, 600],
  ['1.36', 'stored', 2, 600],
  ['1.36', 'new', 3, 200],
  ['1.33', 'new', 4, 200],
  ['1.31', 'stored', 5, 200],
  ['1.29', 'new', 6, 200],
  ['1.28', 'stored', 7, 200],
] as const;

afterAll(() => oracle?.close());

describe.skipIf(oracle === undefined)('cel-go in the API server’s environment', () => {
  it.each(runs)(
    '%s, %s expressions, seed %i: %i random ones have the same faults at the same places, types and estimated costs',
    async (version, mode, seed, count) => {
      if (oracle === undefined) return;
      const environment = randomEnvironment(version, mode);
      const expressions = new RandomExpressions(seed, everyFunction.values());
      const different: object[] = [];
      for (let i = 0; i < count; i += 1) {
        const expression = expressions.next(3);
        const expected = comparable(await theirs(oracle, expression, { version, mode, variables: variableTypes }));
        const found = comparable(ours(expression, environment));
        if (found !== expected) different.push({ expression, expected, found });
      }
      expect(different).toEqual([]);
    },
    60_000,
  );
});
