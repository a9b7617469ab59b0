import { describe, expect, test } from 'vitest';
import { corpusCases, ourVerdicts } from './corpus.fixture.ts';

/** What is not read of the corpus, or is a mistake of it on purpose. */
const told: Readonly<Record<string, readonly string[]>> = {
  'gvap-skip-generate-cpol-with-exception-and-conditions': [
    'PLM1305 spec.conditions: is not read: exempt by match alone',
  ],
  'vpol-exceptions-wrong-exception': [
    'PLM1321 default/check-name names ValidatingPolicy "not-check-deployment-labels", which is not there',
  ],
};

describe("the policies of Kyverno's own conformance tests", () => {
  test.each(corpusCases())('$name loads', (one) => {
    expect(ourVerdicts(one).problems).toEqual(told[one.name] ?? []);
  });
});

/** What Kyverno's tests do otherwise than the names of their resources say. */
const otherwise: Readonly<Record<string, string>> = {
  // With exceptions disabled, which is a flag of Kyverno's.
  'policy-exceptions-disabled-vpol check-deployment-labels Deployment default/bad-deployment': 'skip',
  // Its exception is to another policy: the test refuses it.
  'vpol-exceptions-wrong-exception check-deployment-labels Deployment default/skipped-deployment': 'fail',
  // By who sends the request, which is not known of what is at rest.
  'vpol-context-parse-sa parse-sa-test Pod test/bad': 'unknown',
};

describe('what these tests create', () => {
  const verdicts = corpusCases().flatMap((one) =>
    Object.entries(ourVerdicts(one).verdicts).map(([about, verdict]) => [`${one.name} ${about}`, verdict] as const),
  );
  const named = (names: string) => verdicts.filter(([about]) => new RegExp(`(?:/| )(?:${names})[^/ ]*$`).test(about));

  test.each(named('bad'))('%s is refused, as Kyverno refuses it', (about, verdict) => {
    expect(verdict).toBe(otherwise[about] ?? 'fail');
  });

  test.each(named('good|skipped'))('%s is admitted, as Kyverno admits it', (about, verdict) => {
    expect(otherwise[about] === undefined ? ['pass', 'skip'] : [otherwise[about]]).toContain(verdict);
  });
});
