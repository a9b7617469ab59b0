import { TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { compared } from './compare.ts';
import { generatedCases } from './generated-cases.ts';

// Its own: what so many policies ask of every request would hold up those who share one.
const cluster = await testClusterOrSkip(() => TestCluster.start());
afterAll(async () => await cluster?.stop());

describe.skipIf(cluster === undefined)('a real API server with generated policies and objects', () => {
  it('denies, admits, cannot tell and says what we do (npm run conformance -w packages/plimsoll asks more)', async () => {
    const survey = await compared(cluster as TestCluster, generatedCases(1126, 40));
    expect(survey.differences).toEqual([]);
    // All that may come of it does come.
    expect(Math.min(survey.denied, survey.errors, survey.violations)).toBeGreaterThan(10);
    expect(survey.pairs - survey.denied).toBeGreaterThan(10);
  }, 240_000);
});
