import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Origin } from '../policy.ts';
import { readPolicyDocument } from './registry.ts';

const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];

function policy(spec: JsonObject, kind = 'ValidatingAdmissionPolicy', apiVersion = 'admissionregistration.k8s.io/v1') {
  const base = { matchConstraints: { resourceRules: rules }, validations: [{ expression: 'true' }] };
  return { apiVersion, kind, metadata: { name: 'p' }, spec: { ...base, ...spec } };
}

const guardrail = (spec: JsonObject) => policy(spec, 'Guardrail', 'plimsoll.dev/v1');
const binding = (spec: JsonObject) => policy({ ...spec, matchConstraints: [] }, 'ValidatingAdmissionPolicyBinding');

function read(body: JsonObject, origin: Origin = 'files') {
  const place = { file: 'p.yaml', document: 2, line: 7 };
  const [part] = readPolicyDocument({
    source: 'files',
    origin,
    body,
    place,
    locate: (path) => ({ line: 7 + path.length, column: 3 }),
  });
  return part;
}

function problemsOf(body: JsonObject, origin: Origin = 'files'): readonly Problem[] {
  const part = read(body, origin);
  if (part?.part === 'policy') return part.policy.problems;
  return part?.part === 'binding' ? part.binding.problems : [];
}

const messages = (body: JsonObject, origin: Origin = 'files') =>
  problemsOf(body, origin).map(({ code, message }) => `${code} ${message}`);

describe('a policy document', () => {
  test('given a misspelt field, the nearest known one is named, with its place', () => {
    const [fault] = problemsOf(policy({ validationz: [] }));
    expect(fault).toMatchObject({
      code: 'PLM1301',
      message: 'spec.validationz: unknown field; did you mean "validations"?',
      file: 'p.yaml',
      document: 2,
      line: 9,
      column: 3,
      subject: 'ValidatingAdmissionPolicy p',
    });
  });

  test('given a misspelt field in a list, the nearest of that level is named', () => {
    expect(messages(policy({ validations: [{ expresion: 'true' }] }))).toEqual([
      'PLM1302 spec.validations[0].expression: is required (string)',
      'PLM1301 spec.validations[0].expresion: unknown field; did you mean "expression"?',
    ]);
  });

  test('given several faults, all are told at once', () => {
    expect(
      messages(policy({ failurePolicy: 'Maybe', extra: 1, variables: [{ name: 'a-b', expression: ' ' }] })),
    ).toHaveLength(4);
  });

  test('given an unknown field in a cluster, it is let be', () => {
    expect(problemsOf(policy({ fromTheFuture: true }), 'cluster')).toEqual([]);
  });

  test('given nothing said, the defaults of the API stand', () => {
    const part = read(policy({}));
    expect(part).toMatchObject({
      part: 'policy',
      policy: {
        severity: 'high',
        failurePolicy: 'Fail',
        needsBinding: 'in clusters',
        match: { matchPolicy: 'Equivalent', rules: [{ scope: '*', resourceNames: [] }], namespaceSelector: null },
      },
    });
  });

  test.each(['v1', 'v1beta1', 'v1alpha1'])('given version %s, it is read', (version) => {
    expect(messages(policy({}, 'ValidatingAdmissionPolicy', `admissionregistration.k8s.io/${version}`))).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    [
      'an invalid selector',
      policy({
        matchConstraints: {
          resourceRules: rules,
          objectSelector: { matchExpressions: [{ key: 'a', operator: 'Inn' }] },
        },
      }),
      '"Inn" is no operator',
    ],
    ['no validation', policy({ validations: [] }), 'needs at least one validation'],
    ['no rules', policy({ matchConstraints: {} }), 'resourceRules are required'],
    [
      'one variable twice',
      policy({
        variables: [
          { name: 'a', expression: '1' },
          { name: 'a', expression: '2' },
        ],
      }),
      '"a" is there twice',
    ],
    ['responses', guardrail({ responses: [] }), 'PLM1305 spec.responses: is not supported yet'],
    ['rules beside appliesTo', guardrail({ appliesTo: 'podTemplates' }), 'leave resourceRules out'],
    [
      'a severity that is none',
      { ...policy({}), metadata: { name: 'p', annotations: { 'plimsoll.dev/severity': 'dire' } } },
      '"dire" is no severity',
    ],
    ['an old version', policy({}, 'Guardrail', 'plimsoll.dev/v0'), 'PLM1304 apiVersion'],
    ['a misspelt kind', policy({}, 'ValidatingAdmisionPolicy'), 'did you mean "ValidatingAdmissionPolicy"?'],
    ['a misspelt guardrail', policy({}, 'Guardrial', 'plimsoll.dev/v1'), 'did you mean "Guardrail"?'],
    ['another thing of ours', policy({}, 'Nonsense', 'plimsoll.dev/v1'), 'PLM1304'],
    [
      'a binding with both actions',
      binding({ policyName: 'p', validationActions: ['Deny', 'Warn'], matchConstraints: null }),
      'unknown field',
    ],
  ])('given %s, it is told', (_, body, message) => {
    expect(messages(body).join('\n')).toContain(message);
  });

  test.each<[string, Json]>([
    ['a resource', { apiVersion: 'v1', kind: 'Pod' }],
    [
      'a webhook configuration',
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
    ],
    ['a waiver', { apiVersion: 'plimsoll.dev/v1', kind: 'Waiver' }],
  ])('given %s, it is no policy', (_, body) => {
    expect(read(body as JsonObject)).toBeUndefined();
  });

  test('given a guardrail with its own metadata, it is kept', () => {
    const standard = { name: 'pod-security', level: 'baseline', control: 'sysctls', since: '1.0' };
    const part = read(guardrail({ title: 'T', severity: 'low', frameworks: { pss: ['sysctls'] }, standard }));
    expect(part).toMatchObject({
      policy: {
        title: 'T',
        severity: 'low',
        needsBinding: 'nowhere',
        standard: { ...standard, until: null, overrides: [] },
      },
    });
  });
});
