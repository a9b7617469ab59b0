import { sharedTestCluster } from '@plimsoll/testcluster';
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { compilePolicy } from '../evaluate/compiled-policy.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { readPolicyDocument } from '../formats/registry.ts';

const cluster = await sharedTestCluster();
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const created: string[] = [];
afterAll(async () => {
  for (const name of created) await cluster?.admin.delete(`${policies}/${name}`);
});

const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
const holds = [{ expression: 'true' }];
const policy = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: { matchConstraints: { resourceRules }, validations: holds, ...spec },
});

/** Why we refuse a policy; empty: we do not. */
function ours(body: JsonObject): readonly string[] {
  const [part] = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  if (part?.part !== 'policy') throw new Error('no policy');
  return compilePolicy(part.policy, newestDialect).problems.map(({ message }) => message);
}

/** Why the API server refuses it; empty: it does not. */
async function theirs(body: JsonObject, name: string): Promise<string> {
  try {
    await cluster?.admin.create(policies, body);
    created.push(name);
    return '';
  } catch (error) {
    return String(error);
  }
}

describe.skipIf(cluster === undefined)('a policy whose expressions are of some type', () => {
  test.each<readonly [string, JsonObject, string | null]>([
    [
      'a validation that is dyn',
      { validations: [{ expression: 'object.spec.hostNetwork' }] },
      'must evaluate to bool but got dyn',
    ],
    [
      'a validation that is an optional of dyn, or true',
      { validations: [{ expression: 'object.spec.?hostNetwork.orValue(true)' }] },
      'must evaluate to bool but got dyn',
    ],
    ['a validation that is a number', { validations: [{ expression: '1 + 1' }] }, 'must evaluate to bool but got int'],
    ['a validation that compares', { validations: [{ expression: 'object.spec.hostNetwork == true' }] }, null],
    [
      'a match condition that is dyn',
      { matchConditions: [{ name: 'a', expression: 'object.spec.hostNetwork' }] },
      'must evaluate to bool but got dyn',
    ],
    [
      'a message that is a number',
      { validations: [{ expression: 'true', messageExpression: '1' }] },
      'must evaluate to string but got int',
    ],
    [
      'a message that is dyn',
      { validations: [{ expression: 'true', messageExpression: 'object.metadata.name' }] },
      'must evaluate to string but got dyn',
    ],
    ['a message that is a string', { validations: [{ expression: 'true', messageExpression: "'a'" }] }, null],
    [
      'an annotation that is a number',
      { auditAnnotations: [{ key: 'a', valueExpression: '1' }] },
      'must evaluate to one of [string null_type] but got int',
    ],
    ['an annotation that is null', { auditAnnotations: [{ key: 'a', valueExpression: 'null' }] }, null],
    ['a variable that is anything', { variables: [{ name: 'a', expression: '[object]' }] }, null],
  ])('is refused as the API server refuses it: %s', async (what, spec, why) => {
    const name = `refused-${what.replaceAll(/\W+/g, '-')}`;
    const body = policy(name, spec);
    const [us, them] = [ours(body).join('\n'), await theirs(body, name)];
    expect(us).toEqual(why === null ? '' : expect.stringContaining(why));
    expect(them).toEqual(why === null ? '' : expect.stringContaining(why));
  });
});
