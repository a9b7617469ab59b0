import { expect, test } from 'vitest';
import { newestDialect } from '../guardrails/evaluate/dialect.ts';
import { readPolicyDocument } from '../guardrails/formats/registry.ts';
import { guardrailsOf } from '../guardrails/policy-set.ts';
import type { JsonObject } from '../model/json.ts';
import { guardrailItems } from './guardrail-item.ts';

const shown = (body: JsonObject) => {
  const parts = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  const { guardrails } = guardrailsOf(parts, () => newestDialect);
  return guardrailItems(guardrails, () => null).map(
    ({ name, state, matches }) => `${name} ${state}: ${matches.join()}`,
  );
};

test('a policy that its tool rewrites for other types is shown once, as one that is about those too', () => {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
  const policy = {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules },
      validations: [{ expression: 'true' }],
      autogen: { podControllers: { controllers: ['deployments', 'cronjobs'] } },
    },
  };
  expect(shown(policy)).toEqual(['p ok: core/pods,batch/cronjobs,apps/deployments']);
});

test('each rule of a policy is shown', () => {
  const rule = (name: string, kind: string) => ({
    name,
    match: { any: [{ resources: { kinds: [kind] } }] },
    validate: { cel: { expressions: [{ expression: 'true' }] } },
  });
  const policy = {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'p' },
    spec: { rules: [rule('a', 'Service'), { ...rule('b', 'v1/Secret'), mutate: {} }] },
  };
  expect(shown(policy)).toEqual(['p/a ok: */Service', 'p/b broken: ']);
});
