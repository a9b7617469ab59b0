import type { Problem } from '../../../model/problem.ts';
import type { Policy, PolicyDocument, Rule } from '../../policy.ts';
import { podTemplateTypes } from '../../evaluate/pod-template-types.ts';
import { fieldSteps } from '../../../model/field-path.ts';
import { documentFault } from '../document-faults.ts';
import type { Format } from '../format.ts';
import { annotated, blankPolicy, brokenPolicy, policyFields, readStrictly } from '../policy-reading.ts';
import { desiredObject, ofSources } from './desired-object.ts';
import { guardrailSchema } from './schema.ts';

/** Our own kind: a ValidatingAdmissionPolicy's fields and what the standard lacks. */
export const guardrailFormat: Format = {
  id: 'Guardrail',
  kinds: [{ group: 'plimsoll.dev', versions: ['v1'], kind: 'Guardrail' }],
  read: (document) => [{ part: 'policy', policy: readGuardrail(document) }],
};

/** The fields of a Guardrail's spec whose meaning comes with a later version of this program. */
const later = ['responses'] as const;

function readGuardrail(document: PolicyDocument): Policy {
  const reading = readStrictly(document, guardrailSchema);
  if (reading.value === null) return brokenPolicy(document, reading.faults);
  const { metadata, spec } = reading.value;
  const faults: Problem[] = [...reading.faults];
  for (const field of later) {
    if (spec[field] !== undefined)
      faults.push(documentFault(document, 'PLM1305', ['spec', field], 'is not supported yet'));
  }
  if (spec.validations.length === 0 && spec.desired === undefined)
    faults.push(
      documentFault(document, 'PLM1302', ['spec', 'validations'], 'needs at least one validation, or desired'),
    );
  if (spec.ignoreDifferences.length > 0 && spec.desired === undefined)
    faults.push(
      documentFault(document, 'PLM1302', ['spec', 'ignoreDifferences'], 'is about desired, which is not there'),
    );
  const rules = spec.matchConstraints?.resourceRules ?? [];
  const named =
    spec.appliesTo === undefined && rules.length === 0 && spec.desired !== undefined
      ? desiredObject(spec.desired)
      : null;
  if (spec.appliesTo === undefined && rules.length === 0 && named === null) {
    const message =
      'resourceRules are required where neither appliesTo nor apiVersion and kind of desired say what it is about';
    faults.push(documentFault(document, 'PLM1302', ['spec', 'matchConstraints'], message));
  }
  if (spec.appliesTo !== undefined && rules.length > 0) {
    const message = 'appliesTo: podTemplates has its own rules; leave resourceRules out';
    faults.push(documentFault(document, 'PLM1302', ['spec', 'matchConstraints', 'resourceRules'], message));
  }
  const fields = policyFields(document, spec, faults);
  const said = annotated(document, metadata, faults);
  return {
    ...blankPolicy(document),
    ...fields,
    match: {
      ...fields.match,
      rules: spec.appliesTo !== undefined ? podTemplateRules : named === null ? fields.match.rules : [named.rule],
    },
    narrowing: [...(named?.narrowing ?? []), ...(spec.sources === undefined ? [] : [ofSources(spec.sources)])],
    desired:
      spec.desired === undefined
        ? null
        : {
            body: named?.body ?? spec.desired,
            path: ['spec', 'desired'],
            ignore: spec.ignoreDifferences.map((path) => fieldSteps(path) ?? []),
          },
    title: spec.title ?? said.title,
    description: spec.description ?? said.description,
    severity: spec.severity ?? said.severity,
    severityKnown: spec.severity !== undefined || said.severityKnown,
    categories: spec.categories ?? said.categories,
    frameworks: spec.frameworks ?? said.frameworks,
    presets: spec.presets,
    standard: spec.standard === undefined ? null : { ...spec.standard, until: spec.standard.until ?? null },
    appliesTo: spec.appliesTo ?? null,
    lookups: spec.lookups,
    enforcement: spec.enforcement.map(({ action, from, points }) => ({ action, from: from ?? null, points })),
    problems: faults,
  };
}

/** Pods and the eight kinds that hold a template of one, in any version. */
const podTemplateRules: readonly Rule[] = ['core/pods', ...podTemplateTypes.keys()].map((type) => {
  const [group = '', resource = ''] = type.split('/');
  return {
    apiGroups: [group === 'core' ? '' : group],
    apiVersions: ['*'],
    resources: [resource],
    operations: ['CREATE'],
    scope: 'Namespaced',
    resourceNames: [],
  };
});
