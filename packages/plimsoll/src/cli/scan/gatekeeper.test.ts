import { describe, expect, test } from 'vitest';
import { scanFiles } from './scan-files.fixture.ts';

const template = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: teamlabel
  annotations: {metadata.gatekeeper.sh/title: Team Label}
spec:
  crd:
    spec:
      names: {kind: TeamLabel}
      validation:
        openAPIV3Schema:
          type: object
          properties:
            label: {type: string, default: team}
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: K8sNativeValidation
          source:
            validations:
              - expression: variables.params.label in variables.anyObject.metadata.?labels.orValue({})
                messageExpression: '"label " + variables.params.label + " is missing"'
`;
const constraint = (name: string, spec: string) =>
  `apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: TeamLabel\nmetadata: {name: ${name}}\nspec:\n  ${spec}\n`;
const ofPods = 'match: {kinds: [{apiGroups: [""], kinds: [Pod]}]}\n  parameters: {}';
const pod = (name: string, labels: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: ${labels}}\nspec: {containers: []}\n`;
const pods = `${pod('good', '{team: a}')}---\n${pod('bad', '{}')}`;

async function scan(files: Readonly<Record<string, string>>, line: readonly string[]) {
  const run = await scanFiles(files, line);
  return {
    ...run,
    verdicts: run.verdicts
      .filter(({ policy }) => policy.kind === 'ConstraintTemplate')
      .map(
        ({ guardrail, binding, resource, outcome, violations }) =>
          `${guardrail} ${binding} ${resource.name} ${outcome} ${violations.map(({ message, paths }) => `${message} ${paths.join()}`).join()}`,
      ),
  };
}

const verdicts = ['teamlabel pods good pass ', 'teamlabel pods bad fail label team is missing metadata.labels'];

describe("Gatekeeper's templates and constraints in files", () => {
  test('given them in files of their own, whichever comes first, they judge', async () => {
    const files = { 'a-constraint.yaml': constraint('pods', ofPods), 'b-template.yaml': template, 'pods.yaml': pods };
    expect(await scan(files, ['pods.yaml', '--guardrails', '.'])).toEqual({ code: 1, problems: [], verdicts });
  });

  test('given them among what is scanned, they judge', async () => {
    const files = { 'all.yaml': `${pods}---\n${constraint('pods', ofPods)}---\n${template}` };
    expect(await scan(files, ['all.yaml'])).toEqual({ code: 1, problems: [], verdicts });
  });

  test('given one constraint of two that does not fit, it is told at its line, and the other judges', async () => {
    const files = {
      'guardrails.yaml': `${template}---\n${constraint('pods', ofPods)}---\n${constraint('odd', 'parameters:\n    label: 1')}`,
      'pods.yaml': pods,
    };
    expect(await scan(files, ['pods.yaml', '--guardrails', 'guardrails.yaml'])).toEqual({
      code: 2,
      problems: ['PLM1316 guardrails.yaml:36 spec.parameters.label: must be of type string, is 1'],
      verdicts,
    });
  });

  test('given a template without constraints, it is told, and judges nothing', async () => {
    const files = { 'template.yaml': template, 'pods.yaml': pods };
    expect(await scan(files, ['pods.yaml', '--guardrails', 'template.yaml'])).toEqual({
      code: 0,
      problems: ['PLM1310 template.yaml:1 policy teamlabel has no constraint, so it judges nothing'],
      verdicts: [],
    });
  });

  test('given a kind that exists nowhere, it is told, with 2', async () => {
    const files = {
      'g.yaml': `${template}---\n${constraint('pods', 'match: {kinds: [{kinds: [Podz]}]}')}`,
      'pods.yaml': pods,
    };
    expect(await scan(files, ['pods.yaml', '--guardrails', 'g.yaml'])).toEqual({
      code: 2,
      problems: ['PLM1307 g.yaml:1 teamlabel is about Podz, which exists nowhere.'],
      verdicts: [],
    });
  });

  test('given Rego alone, it could not be told, with 3', async () => {
    const rego = template.replace(/code:[\s\S]*/, 'rego: |\n        package a\n');
    const files = { 'g.yaml': `${rego}---\n${constraint('pods', ofPods)}`, 'pods.yaml': pods };
    expect(await scan(files, ['pods.yaml', '--guardrails', 'g.yaml'])).toMatchObject({
      code: 3,
      problems: [expect.stringContaining('PLM1315 g.yaml:18 spec.targets[0].rego')],
      verdicts: [],
    });
  });
});
