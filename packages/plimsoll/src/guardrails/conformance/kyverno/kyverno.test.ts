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
