import { Oracle, TestClusterUnavailable } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { composedQuestions } from './composed.ts';
import { questionsOf } from './questions.ts';
import { Random } from './random.ts';
import { inWords, survey } from './survey.ts';
import { versionQuestions } from './versions.ts';

const oracle = await Oracle.start('cel').catch((error: unknown) => {
  if (error instanceof TestClusterUnavailable && process.env['CI'] !== 'true') return undefined;
  throw error;
});
afterAll(() => oracle?.close());

describe.skipIf(oracle === undefined)('cel-go in the API server’s environment', () => {
  it(
    'gives the same values, types, errors and costs: a part of what npm run conformance asks',
    { timeout: 60_000 },
    async () => {
      const found = await survey(oracle as Oracle, questionsOf(36, { perTemplate: 8, fromGrammar: 300 }));
      expect(found.pairs).toBeGreaterThan(2000);
      expect(found.differences.map(inWords)).toEqual([]);
    },
  );

  it(
    'reads the variables of a policy alike: by name, tested, optional and as a whole',
    { timeout: 60_000 },
    async () => {
      const found = await survey(oracle as Oracle, composedQuestions(new Random(36)));
      expect(found.pairs).toBeGreaterThan(2000);
      expect(found.differences.map(inWords)).toEqual([]);
    },
  );

  it('has each function, macro and literal since the same version, for new and for stored expressions', async () => {
    const found = await survey(oracle as Oracle, versionQuestions());
    expect(found.differences.map(inWords)).toEqual([]);
  });
});
