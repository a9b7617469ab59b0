import { describe, expect, test } from 'vitest';
import { scanFiles } from './scan-files.fixture.ts';

const policy = `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata:
  name: hosts
  annotations: {policies.kyverno.io/title: Host network, policies.kyverno.io/severity: high}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]
  validations:
    - expression: "!object.spec.?hostNetwork.orValue(false)"
      message: shares the network
`;
const exception = `apiVersion: policies.kyverno.io/v1
kind: PolicyException
metadata: {name: old, namespace: ops, annotations: {policies.kyverno.io/description: until the move}}
spec:
  policyRefs: [{name: hosts, kind: ValidatingPolicy}]
  matchConditions: [{name: old, expression: "object.metadata.name == 'old'"}]
`;
const rules = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: rules}
spec:
  rules:
    - name: patterned
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {pattern: {spec: {}}}
    - name: named
      match: {any: [{resources: {kinds: [Pod], namespaces: ["sh*"]}}]}
      validate: {cel: {expressions: [{expression: "object.metadata.name != 'bad'", message: is bad}]}}
`;
const pod = (name: string, spec: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {hostNetwork: true}}}
`;
const pods = [pod('good', '{}'), pod('bad', '{hostNetwork: true}'), pod('old', '{hostNetwork: true}'), deployment].join(
  '---\n',
);

async function scan(files: Readonly<Record<string, string>>, line: readonly string[]) {
  const run = await scanFiles(files, line);
  return {
    ...run,
    verdicts: run.verdicts
      .filter(({ policy }) => ['ValidatingPolicy', 'ClusterPolicy'].includes(policy.kind))
      .map(
        ({ guardrail, resource, outcome, reason, violations }) =>
          `${guardrail} ${resource.kind} ${resource.name} ${outcome} ${reason ?? violations.map(({ message, paths }) => `${message} ${paths.join()}`).join()}`,
      ),
  };
}

describe("Kyverno's policies in files", () => {
  test('given a policy and an exception in files of their own, they judge pods and their controllers', async () => {
    const files = { 'a-exception.yaml': exception, 'b-policy.yaml': policy, 'pods.yaml': pods };
    expect(await scan(files, ['pods.yaml', '--guardrails', '.'])).toEqual({
      code: 1,
      problems: [],
      verdicts: [
        'hosts Pod good pass ',
        'hosts Pod bad fail shares the network spec.hostNetwork',
        'hosts Pod old waived until the move (policy exception ops/old)',
        'hosts Deployment web fail shares the network spec.template.spec.hostNetwork',
      ],
    });
  });

  test('given a policy of two rules of which one is not read, it is told at its line, and the other judges', async () => {
    const files = { 'rules.yaml': rules, 'pods.yaml': `${pod('good', '{}')}---\n${pod('bad', '{}')}` };
    const { code, problems, verdicts } = await scan(files, ['pods.yaml', '--guardrails', 'rules.yaml']);
    expect(problems).toEqual([
      'PLM1305 rules.yaml:8 spec.rules[0].validate.pattern: rule "patterned" is not read; rules that validate in CEL are',
    ]);
    expect({ code, verdicts }).toEqual({
      code: 2,
      verdicts: ['rules Pod good pass ', 'rules Pod bad fail is bad metadata.name'],
    });
  });

  test('given a policy about kinds that exist nowhere, and one that matched nothing, both are told', async () => {
    const files = {
      'policies.yaml': `${policy.replace('[pods]', '[podz]')}---\n${rules.replace(/ {4}- name: patterned[^]*?(?= {4}- name: named)/, '').replace('kinds: [Pod]', 'kinds: [Podd]')}---\n${policy.replace('name: hosts', 'name: idle').replace('[pods]', '[services]')}`,
      'pods.yaml': pod('good', '{}'),
    };
    const { problems } = await scan(files, ['pods.yaml', '--guardrails', 'policies.yaml']);
    expect(problems.map((text) => text.replace(/ .*yaml:\d+/, ''))).toEqual([
      'PLM1307 hosts is about core/podz, which exists nowhere.',
      'PLM1307 rules is about Podd, which exists nowhere.',
      'PLM1308 idle matched none of the resources.',
    ]);
  });
});
