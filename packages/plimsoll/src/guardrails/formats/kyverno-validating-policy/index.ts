import { nearestName } from '@plimsoll/cel';
import type { Problem } from '../../../model/problem.ts';
import type { Policy, PolicyDocument, PolicyPart } from '../../policy.ts';
import { replacedByKyverno } from '../../policy-content.ts';
import { documentFault } from '../document-faults.ts';
import type { Format } from '../format.ts';
import { inNamespace } from '../../match/in-namespace.ts';
import { annotated, blankPolicy, brokenPolicy, policyFields, readStrictly } from '../policy-reading.ts';
import { autogen, podControllers } from './autogen.ts';
import { lookedUp } from './looked-up.ts';
import { type ValidatingPolicySpec, validatingPolicySchema } from './schema.ts';

const group = 'policies.kyverno.io';
const versions = ['v1', 'v1beta1', 'v1alpha1'];

/** Kyverno's policies in CEL, for a cluster and for one namespace (kyverno/api policies.kyverno.io). */
export const kyvernoValidatingPolicyFormat: Format = {
  id: 'Kyverno ValidatingPolicy',
  kinds: [
    { group, versions, kind: 'ImageValidatingPolicy' },
    { group, versions, kind: 'NamespacedImageValidatingPolicy' },
    { group, versions, kind: 'NamespacedValidatingPolicy' },
    { group, versions, kind: 'ValidatingPolicy' },
  ],
  read: (document) => readPolicies(document).map((policy): PolicyPart => ({ part: 'policy', policy })),
};

/** Kinds that demand something of resources, and what that asks of is not at hand. */
const ofImages = new Set(['ImageValidatingPolicy', 'NamespacedImageValidatingPolicy']);

function readPolicies(document: PolicyDocument): readonly Policy[] {
  const { kind: given } = document.body;
  if (typeof given === 'string' && ofImages.has(given))
    return [brokenPolicy(document, [documentFault(document, 'PLM1305', ['kind'], `${given} asks registries`)])];
  const reading = readStrictly(document, validatingPolicySchema);
  if (reading.value === null) return [brokenPolicy(document, reading.faults)];
  const { metadata, spec, kind } = reading.value;
  const faults: Problem[] = [...reading.faults];
  const isNamespaced = kind === 'NamespacedValidatingPolicy';
  if (spec.matchConstraints === undefined || spec.matchConstraints.resourceRules.length === 0)
    faults.push(documentFault(document, 'PLM1302', ['spec', 'matchConstraints'], 'resourceRules are required'));
  unsupported(document, spec, faults);
  const blank = blankPolicy(document);
  // A policy of one namespace that names none is in `default`, as kubectl has it.
  const namespace = isNamespaced ? (blank.reference.namespace ?? 'default') : null;
  const policy: Policy = {
    ...blank,
    reference: { ...blank.reference, namespace },
    ...annotated(document, metadata, faults),
    ...policyFields(document, spec, faults),
    paramKind: null,
    engine: 'kyverno',
    narrowing: namespace === null ? [] : [inNamespace(namespace)],
    enforcement: spec.validationActions.map((action) => ({ action, from: null, points: [] })),
    idle: idleness(document, spec, replacedByKyverno(document.body['status'])),
    problems: faults,
  };
  if (faults.length > 0) return [policy];
  return [policy, ...autogen(policy, controllersOf(spec))].map((one) => ({ ...one, lookups: lookedUp(one) }));
}

/** Without a word of it, all that Kyverno knows (pkg/cel/policies/vpol/autogen/autogen.go). */
function controllersOf({ autogen: wanted }: ValidatingPolicySpec): readonly string[] {
  return wanted?.podControllers?.controllers ?? podControllers;
}

/** What Kyverno does and this program does not, said where it stands. */
function unsupported(document: PolicyDocument, spec: ValidatingPolicySpec, faults: Problem[]): void {
  const mode = spec.evaluation?.mode;
  if (mode !== undefined && mode !== 'Kubernetes')
    faults.push(
      documentFault(
        document,
        'PLM1305',
        ['spec', 'evaluation', 'mode'],
        `"${mode}" judges payloads that are no Kubernetes resources`,
      ),
    );
  controllersOf(spec).forEach((name, index) => {
    if (podControllers.includes(name)) return;
    const path = ['spec', 'autogen', 'podControllers', 'controllers', index];
    const near = nearestName(name, podControllers);
    faults.push(
      name.includes('.')
        ? documentFault(document, 'PLM1305', path, `"${name}" is a custom controller, whose pods are not looked for`)
        : documentFault(
            document,
            'PLM1302',
            path,
            `"${name}" is no pod controller${near === null ? '' : `; did you mean "${near}"?`}`,
          ),
    );
  });
}

/** Why Kyverno itself judges nothing at rest by a policy of a cluster; its command line judges by every policy. */
function idleness({ origin }: PolicyDocument, spec: ValidatingPolicySpec, isGenerated: boolean): string | null {
  if (origin !== 'cluster') return null;
  if (isGenerated) return 'Kyverno made a ValidatingAdmissionPolicy of it, which judges in its place';
  return spec.evaluation?.background?.enabled === false
    ? 'evaluation.background is off: Kyverno judges by it at admission alone'
    : null;
}
