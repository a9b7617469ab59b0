import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../policy.ts';
import { mayConcern, outcomeForName, ruleOutcomes } from './rules.ts';
import type { SubjectType } from './subject.ts';

const deployments: SubjectType = {
  type: 'apps/deployments',
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespaced: true,
  served: null,
};

function rule(change: Partial<Rule>): Rule {
  return {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    resources: ['deployments'],
    operations: ['CREATE'],
    scope: '*',
    resourceNames: [],
    ...change,
  };
}

function outcome(change: Partial<Rule>, matchPolicy: 'Exact' | 'Equivalent' = 'Equivalent', subject = deployments) {
  return ruleOutcomes([rule(change)], matchPolicy, subject)[0]?.outcome ?? 'none';
}

/** The form that one rule with Equivalent is about. */
function form(change: Partial<Rule>, subject: typeof deployments) {
  const [found] = ruleOutcomes([rule(change)], 'Equivalent', subject);
  if (found === undefined) return 'none';
  return found.form === null ? `${found.outcome} as held` : `${found.form.apiVersion} ${found.form.resource}`;
}

const version = (name: string) => ({ version: name, kind: 'Deployment', verbs: ['list'], subresources: [] });
const served = {
  type: 'apps/deployments',
  group: 'apps',
  resource: 'deployments',
  singular: 'deployment',
  kind: 'Deployment',
  namespaced: true,
  shortNames: [],
  versions: [version('v1'), version('v1beta1')],
  heldVersion: 'v1',
  heldAs: null,
};

describe('a rule', () => {
  // k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules/rules_test.go
  test.each<[string, Partial<Rule>, string]>([
    ['the type itself', {}, 'match'],
    ['every group', { apiGroups: ['*'] }, 'match'],
    ['another group', { apiGroups: ['batch'] }, 'none'],
    ['every version', { apiVersions: ['*'] }, 'match'],
    ['every resource', { resources: ['*'] }, 'match'],
    ['every resource with subresources', { resources: ['*/*'] }, 'match'],
    ['the resource with subresources', { resources: ['deployments/*'] }, 'match'],
    ['one subresource', { resources: ['deployments/scale'] }, 'skip'],
    ['one subresource of everything', { resources: ['*/scale'] }, 'skip'],
    ['the resource and a subresource', { resources: ['deployments/scale', 'deployments'] }, 'match'],
    ['another resource', { resources: ['daemonsets'] }, 'none'],
    ['every operation', { operations: ['*'] }, 'match'],
    ['updates alone', { operations: ['UPDATE', 'DELETE'] }, 'skip'],
    ['namespaced things', { scope: 'Namespaced' }, 'match'],
    ['cluster-scoped things', { scope: 'Cluster' }, 'none'],
  ])('given %s, it says so', (_, change, expected) => {
    expect(outcome(change)).toBe(expected);
  });

  test('given a Namespace, it is cluster-scoped', () => {
    const namespaces = {
      ...deployments,
      type: 'core/namespaces',
      group: '',
      resource: 'namespaces',
      namespaced: false,
    };
    const change = { apiGroups: [''], resources: ['namespaces'] };
    expect(outcome({ ...change, scope: 'Cluster' }, 'Equivalent', namespaces)).toBe('match');
    expect(outcome({ ...change, scope: 'Namespaced' }, 'Equivalent', namespaces)).toBe('none');
  });

  test('given another version, Exact skips, Equivalent in files is unknown', () => {
    expect(outcome({ apiVersions: ['v1beta1'] }, 'Exact')).toBe('skip');
    expect(outcome({ apiVersions: ['v1beta1'] })).toBe('unknown');
  });

  test('given another version in a cluster, it counts where it is served', () => {
    const inCluster = { ...deployments, served: [served] };
    expect(form({ apiVersions: ['v1beta1'] }, inCluster)).toBe('apps/v1beta1 deployments');
    expect(form({ apiVersions: ['v1beta1', 'v1'] }, inCluster)).toBe('match as held');
    expect(outcome({ apiVersions: ['v2'] }, 'Equivalent', inCluster)).toBe('none');
    expect(outcome({ apiVersions: ['v1beta1'] }, 'Exact', inCluster)).toBe('skip');
  });

  test('given a rule that names the held version after one that names another, the held one is judged', () => {
    const inCluster = { ...deployments, served: [served] };
    const rules = [rule({ apiVersions: ['v1beta1'] }), rule({})];
    expect(ruleOutcomes(rules, 'Equivalent', inCluster)[0]?.form).toBeNull();
    const named = [rule({ apiVersions: ['v1beta1'] }), rule({ resourceNames: ['web'] })];
    const outcomes = ruleOutcomes(named, 'Equivalent', inCluster);
    expect(outcomeForName(outcomes, 'web')?.form).toBeNull();
    expect(outcomeForName(outcomes, 'db')?.form?.apiVersion).toBe('apps/v1beta1');
  });

  test('given a type that is not among those served, another version is unknown', () => {
    expect(outcome({ apiVersions: ['v1beta1'] }, 'Equivalent', { ...deployments, served: [] })).toBe('unknown');
  });

  test('given another group that serves the same objects, Equivalent means them too', () => {
    const twin = { ...served, type: 'extensions/deployments', group: 'extensions', heldAs: 'apps/deployments' };
    const inCluster = { ...deployments, served: [served, twin] };
    const change = { apiGroups: ['extensions'], apiVersions: ['v1beta1'] };
    expect(form(change, inCluster)).toBe('extensions/v1beta1 deployments');
    expect(form({ ...change, resources: ['deployments/scale'] }, inCluster)).toBe('none');
    expect(outcome({ apiGroups: ['extensions'], apiVersions: ['v1beta1'] }, 'Exact', inCluster)).toBe('none');
  });

  test('given names, only these are matched', () => {
    const outcomes = ruleOutcomes([rule({ resourceNames: ['web'] })], 'Exact', deployments);
    expect(outcomeForName(outcomes, 'web')?.outcome).toBe('match');
    expect(outcomeForName(outcomes, 'db')).toBeUndefined();
  });
});

describe('a list of rules', () => {
  const anyRule = fc.record({
    apiGroups: fc.subarray(['apps', '*', 'batch', 'extensions'], { minLength: 1 }),
    apiVersions: fc.subarray(['v1', '*', 'v1beta1'], { minLength: 1 }),
    resources: fc.subarray(['deployments', 'deployments/scale', '*', '*/*', 'pods'], { minLength: 1 }),
    operations: fc.subarray(['CREATE', '*', 'UPDATE'], { minLength: 1 }),
    scope: fc.constantFrom<Rule['scope']>('*', 'Namespaced', 'Cluster'),
    resourceNames: fc.subarray(['web', 'db']),
  });
  const strength = ['match', 'unknown', 'skip', 'none'];
  const strongest = (rules: readonly Rule[], name: string) =>
    outcomeForName(ruleOutcomes(rules, 'Equivalent', deployments), name)?.outcome ?? 'none';

  test('given any of them and any version that is held, one that concerns no type says nothing of it', () => {
    const twin = { ...served, type: 'extensions/pods', group: 'extensions', resource: 'pods', heldAs: served.type };
    const subject = fc.record({
      version: fc.constantFrom('v1', 'v1beta1', 'v2'),
      namespaced: fc.boolean(),
      served: fc.constantFrom(null, [], [served], [served, twin]),
      matchPolicy: fc.constantFrom<'Exact' | 'Equivalent'>('Exact', 'Equivalent'),
    });
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 2 }), subject, (rules, { matchPolicy, ...held }) => {
        const about = { ...deployments, ...held };
        const outcomes = ruleOutcomes(rules, matchPolicy, about);
        expect(mayConcern({ rules, matchPolicy }, about) || outcomes.length === 0).toBe(true);
      }),
    );
  });

  test('given none, it concerns every type', () => {
    expect(mayConcern({ rules: [], matchPolicy: 'Exact' }, deployments)).toBe(true);
  });

  test('given rules about other types alone, it concerns none but those', () => {
    const rules = [rule({ apiGroups: ['batch'] }), rule({ resources: ['daemonsets'] })];
    expect(mayConcern({ rules, matchPolicy: 'Equivalent' }, deployments)).toBe(false);
  });

  test('given any rules, the strongest single one decides, in any order', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 4 }), fc.constantFrom('web', 'db', 'x'), (rules, name) => {
        const single = rules.map((one) => strength.indexOf(strongest([one], name)));
        const expected = strength[Math.min(3, ...single)];
        expect(strongest(rules, name)).toBe(expected);
        expect(strongest(rules.toReversed(), name)).toBe(expected);
      }),
    );
  });
});
