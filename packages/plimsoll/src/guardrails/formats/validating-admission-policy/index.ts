import type { Problem } from '../../../model/problem.ts';
import type { Binding, Policy, PolicyDocument } from '../../policy.ts';
import { bindingSchema, validatingAdmissionPolicySchema } from '../admission-schema.ts';
import { documentFault } from '../document-faults.ts';
import type { Format } from '../format.ts';
import {
  annotated,
  blankPolicy,
  brokenPolicy,
  matchResources,
  paramRefOf,
  policyFields,
  readStrictly,
} from '../policy-reading.ts';

const group = 'admissionregistration.k8s.io';
const versions = ['v1', 'v1beta1', 'v1alpha1'];

/** Kubernetes' own policies and their bindings (KEP-3488; k8s.io/api/admissionregistration). */
export const validatingAdmissionPolicyFormat: Format = {
  id: 'ValidatingAdmissionPolicy',
  kinds: [
    { group, versions, kind: 'ValidatingAdmissionPolicy' },
    { group, versions, kind: 'ValidatingAdmissionPolicyBinding' },
  ],
  read: (document) =>
    document.body['kind'] === 'ValidatingAdmissionPolicy'
      ? [{ part: 'policy', policy: readPolicy(document) }]
      : [{ part: 'binding', binding: readBinding(document) }],
};

function readPolicy(document: PolicyDocument): Policy {
  const reading = readStrictly(document, validatingAdmissionPolicySchema);
  if (reading.value === null) return brokenPolicy(document, reading.faults);
  const { metadata, spec } = reading.value;
  const faults: Problem[] = [...reading.faults];
  if (spec.matchConstraints === undefined || spec.matchConstraints.resourceRules.length === 0)
    faults.push(documentFault(document, 'PLM1302', ['spec', 'matchConstraints'], 'resourceRules are required'));
  if (spec.validations.length === 0 && spec.auditAnnotations.length === 0)
    faults.push(documentFault(document, 'PLM1302', ['spec', 'validations'], 'needs at least one validation'));
  return {
    ...blankPolicy(document),
    ...annotated(document, metadata, faults),
    ...policyFields(document, spec, faults),
    needsBinding: 'in clusters',
    problems: faults,
  };
}

function readBinding(document: PolicyDocument): Binding {
  const { reference, origin, place } = blankPolicy(document);
  const policyKinds = ['ValidatingAdmissionPolicy', 'Guardrail'];
  const shell = {
    source: reference.source,
    origin,
    name: reference.name,
    policyKinds,
    param: null,
    narrowing: [],
    place,
    document,
  };
  const reading = readStrictly(document, bindingSchema);
  if (reading.value === null) {
    const nothing = { policyName: '', paramRef: null, matchResources: null, enforcement: [], idle: null };
    return { ...shell, ...nothing, problems: reading.faults };
  }
  const { spec } = reading.value;
  const faults: Problem[] = [...reading.faults];
  const { paramRef, validationActions } = spec;
  if (validationActions.includes('Deny') && validationActions.includes('Warn'))
    faults.push(documentFault(document, 'PLM1302', ['spec', 'validationActions'], 'Deny and Warn exclude each other'));
  return {
    ...shell,
    policyName: spec.policyName,
    paramRef: paramRef === undefined ? null : paramRefOf(document, ['spec', 'paramRef'], paramRef, faults),
    matchResources:
      spec.matchResources === undefined
        ? null
        : matchResources(document, ['spec', 'matchResources'], spec.matchResources, faults),
    enforcement: validationActions.map((action) => ({ action, points: [] })),
    idle: origin === 'cluster' ? null : unboundFault(document, spec.policyName),
    problems: faults,
  };
}

function unboundFault(document: PolicyDocument, policyName: string): Problem {
  return documentFault(document, 'PLM1309', ['spec', 'policyName'], `there is no policy "${policyName}"`);
}
