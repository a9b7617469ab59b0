import { describe, expect, test } from 'vitest';
import { member } from '../../../model/json.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { evaluateResource } from '../../evaluate/evaluator.ts';
import { readPolicyDocument } from '../../formats/registry.ts';
import { namespaceByName, namespaceThere } from '../../namespace-view.ts';
import { guardrailsOf } from '../../policy-set.ts';
import { resourceOf } from '../../resource-of.fixture.ts';
import type { World } from '../../world.ts';
import { type CorpusCase, corpus, objects } from './corpus.fixture.ts';
import recorded from './verdicts.json' with { type: 'json' };

const missing = 'it is not among the objects';

const resources = objects.map((body) => resourceOf(body));
const world: World = {
  namespace: (_, name) => {
    const found = resources.find((one) => one.type === 'core/namespaces' && one.name === name);
    return found === undefined ? namespaceByName(name, missing) : namespaceThere(found);
  },
  list: () => ({ items: [] }),
  has: () => false,
  typeOfKind: () => null,
  served: () => null,
};

/** What both say of an object: the messages of violations, or one word for what is no verdict on it. */
type Said = readonly string[] | 'error' | 'namespace is not known';

function ours({ template, constraint }: CorpusCase): 'refused' | readonly Said[] {
  const { guardrails, problems } = guardrailsOf(
    [template, constraint].flatMap((body) =>
      readPolicyDocument({ source: 'files', origin: 'files', body, place: null }),
    ),
    () => newestDialect,
  );
  if (problems.length > 0 || guardrails.some((guardrail) => guardrail.problems.length > 0)) return 'refused';
  return resources.map((resource): Said => {
    const [verdict] = evaluateResource(resource, guardrails, world, false);
    if (verdict?.outcome === 'error') return 'error';
    if (verdict?.outcome === 'unknown')
      return verdict.reason?.includes(missing) === true ? 'namespace is not known' : ['unknown'];
    return (verdict?.violations ?? []).map(({ message }) => message).toSorted();
  });
}

/** How Gatekeeper words what went wrong: a violation like any other to it. */
const faults =
  /resulted in error|failed due to|compilation (failed|error)|must evaluate to bool|cost|composited variable/;

function theirs({ refused, messages }: (typeof recorded.said)[number]): 'refused' | readonly Said[] {
  if (refused !== null || messages === null) return 'refused';
  return messages.map((all): Said => {
    if (all.some((message) => message.includes('missing Namespace'))) return 'namespace is not known';
    const violations = all.filter((message) => !faults.test(message));
    return violations.length === 0 && all.length > 0 ? 'error' : violations;
  });
}

/** Objects of which we say something else on purpose, by case, with the reason. */
const exceptions: ReadonlyMap<string, { readonly object: string; readonly ours: Said; readonly why: string }> = new Map(
  [
    [
      'match {"namespaceSelector":{}}',
      { object: 'far', ours: ['no'], why: 'a selector without requirements needs no labels to be known' },
    ],
    [
      'match {"kinds":[{"apiGroups":[""],"kinds":["Pod"]}],"namespaceSelector":{"matchLabels":{"team":"a"}},"name":"w*"}',
      { object: 'far', ours: [], why: 'its name is not matched, whatever the labels of its namespace' },
    ],
    [
      "source: the namespace's labels",
      { object: 'far', ours: 'namespace is not known', why: 'it has a namespace, of which only the name is known' },
    ],
    [
      'source: a variable of the namespace in a condition and a validation',
      { object: 'far', ours: ['failed expression: variables.n'], why: 'it has a namespace' },
    ],
    ['source: the name of the request', { object: 'web-*', ours: ['unknown'], why: 'its name is yet to be generated' }],
  ],
);

/** What does not compile is told once and judges nothing; Gatekeeper says so of every object. */
const uncompiled: readonly string[] = [
  'source: an expression that is no boolean',
  'source: a choice of truths',
  'source: a condition that may be no truth',
  'source: params of truth',
  'source: a variable of truth',
  'source: a validation that reads the constraint',
  'source: an expression that does not compile',
  'source: a function that there is not',
];

const names = resources.map(({ body, name }) =>
  name === '' ? `${String(member(body['metadata'], 'generateName'))}*` : name,
);
const recordedOf = (of: string) => recorded.said.find(({ name }) => name === of);
const compared = corpus.filter(({ name }) => !uncompiled.includes(name)).map((one) => [one.name, one] as const);
const broken = corpus.filter(({ name }) => uncompiled.includes(name)).map((one) => [one.name, one] as const);

describe(`what Gatekeeper ${recorded.gatekeeper} says of the corpus`, () => {
  test('is recorded of every case', () => {
    expect(recorded.said.map(({ name }) => name)).toEqual(corpus.map(({ name }) => name));
  });

  test.each(compared)('%s', (name, one) => {
    const answer = recordedOf(name);
    const said = answer === undefined ? 'refused' : theirs(answer);
    const exception = exceptions.get(name);
    const expected =
      said === 'refused' || exception === undefined
        ? said
        : said.map((each, index) => (names[index] === exception.object ? exception.ours : each));
    expect(ours(one)).toEqual(expected);
  });

  test.each(broken)('%s', (name, one) => {
    expect(ours(one)).toBe('refused');
    expect(recordedOf(name)?.messages?.flat()).toEqual(objects.map(() => expect.stringContaining('compilation error')));
  });
});
