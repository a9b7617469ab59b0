import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type CorpusCase, corpusCases, ourVerdicts } from './corpus.fixture.ts';

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

const recorded = z
  .object({ kyverno: z.string(), verdicts: z.record(z.string(), z.record(z.string(), z.string())) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'verdicts.json'), 'utf8')));

/** Policies of cases of which Kyverno's command line says something else, or nothing, with why that is as it should be. */
const differing: Readonly<Record<string, string>> = {
  'autogen-cel-preconditions ': 'its name is a placeholder, which Kyverno refuses',
  'cel-cel-variables ': 'the command line knows no labels of a namespace that is among the resources',
  'cel-parameter-resources-namespaced-': 'the command line reads no params of rules',
  'namespaced-vpol-': 'the command line holds a policy of one namespace against all',
  'ours-validating-policies namespaces-request ': 'the request of a Namespace is in it, to the API server',
  'vpol-context-configmap ': 'the command line reads no resources without a context',
  'vpol-context-imagereference ': 'the command line panics: two resources are of one name',
  'vpol-context-resource-get ': 'the command line reads no resources without a context',
};

/** Policies by which nothing can be told of what is at rest: they ask who sends a request, or what that may do. */
const untold = [
  'cel-authorizor-checks-with-permissions ',
  'cel-authorizor-checks-without-permissions check-deployment-replicas-1/',
  'gvap-skip-generate-cpol-exclude-user-and-roles check-label-app1/',
  'gvap-skip-generate-cpol-match-resource-created-by-user ',
  'vpol-context-parse-sa ',
];

/** `CASE POLICY[/RULE] KIND NAME: ours, theirs` of what differs; a rule that judges nothing at rest is said here alone. */
function differences(one: CorpusCase): readonly string[] {
  const ours = ourVerdicts(one).verdicts;
  const theirs = Object.fromEntries(
    Object.entries(recorded.verdicts[one.name] ?? {}).map(([about, verdict]) => [
      about.replace(/^(\S+?)\/(?:evaluation|exception|match) /, '$1 '),
      verdict,
    ]),
  );
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((about) => {
    const [own = 'none', other = 'none'] = [ours[about], theirs[about]];
    const isSame = own === other || (own === 'skip' && other === 'none');
    return isSame ? [] : [`${one.name} ${about}: ${own}, ${other}`];
  });
}

describe(`verdicts of Kyverno ${recorded.kyverno} on its policies and ours`, () => {
  const found = corpusCases().flatMap(differences);
  const isListed = (line: string, list: readonly string[]) => list.some((start) => line.startsWith(start));

  test('are ours', () => {
    expect(Object.values(recorded.verdicts).flatMap((verdicts) => Object.keys(verdicts)).length).toBeGreaterThan(4000);
    const unexplained = found.filter((line) => !isListed(line, Object.keys(differing)) && !isListed(line, untold));
    expect(unexplained).toEqual([]);
  });

  test('that are not are unknown where nothing can be told', () => {
    const lines = found.filter((line) => isListed(line, untold));
    expect(lines.filter((line) => !line.includes(': unknown, '))).toEqual([]);
  });

  test.each([...Object.keys(differing), ...untold])('differ on %s, as is said', (start) => {
    expect(found.filter((line) => line.startsWith(start))).not.toEqual([]);
  });
});
