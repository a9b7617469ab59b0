import { problem } from '../../../model/errors.ts';
import type { Problem } from '../../../model/problem.ts';
import type { Amendment, Policy, PolicyDocument, PolicyException } from '../../policy.ts';
import { documentFault } from '../document-faults.ts';
import type { Format } from '../format.ts';
import { lookedUp } from '../kyverno-validating-policy/looked-up.ts';
import { exceptionName, exceptionReason } from './naming.ts';
import { readStrictly } from '../policy-reading.ts';
import { policyExceptionSchema } from './schema.ts';

/** Exceptions to Kyverno's policies in CEL (kyverno/api policies.kyverno.io PolicyException). */
export const kyvernoPolicyExceptionFormat: Format = {
  id: 'Kyverno PolicyException',
  kinds: [{ group: 'policies.kyverno.io', versions: ['v1', 'v1beta1', 'v1alpha1'], kind: 'PolicyException' }],
  read: (document) => [{ part: 'amendment', amendment: readException(document) }],
};

/** The kinds of policies that are read here; an exception may be to others of Kyverno's besides. */
const kinds = new Set(['NamespacedValidatingPolicy', 'ValidatingPolicy']);

function readException(document: PolicyDocument): Amendment {
  const { source, body, place } = document;
  const name = exceptionName(document);
  const shell = { source, name, says: body['spec'] ?? null };
  const reading = readStrictly(document, policyExceptionSchema);
  if (reading.value === null) return { ...shell, amend: (policy) => policy, idle: null, problems: reading.faults };
  const { metadata, spec } = reading.value;
  const faults: Problem[] = [...reading.faults];
  const mode = spec.evaluationMode;
  if (mode !== undefined && mode !== 'Kubernetes')
    faults.push(
      documentFault(document, 'PLM1305', ['spec', 'evaluationMode'], `"${mode}" is about no Kubernetes resources`),
    );
  const until = spec.expiresAt === undefined ? null : Date.parse(spec.expiresAt);
  const exception: PolicyException = {
    name,
    reason: exceptionReason(metadata, 'PolicyException'),
    narrowing: [],
    conditions: spec.matchConditions.map((one, index) => ({
      ...one,
      path: ['spec', 'matchConditions', index, 'expression'],
    })),
    allowed: { images: spec.images, values: spec.allowedValues },
    until,
    isReportedAsPass: spec.reportResult === 'pass',
    document,
  };
  const refs = spec.policyRefs.filter(({ kind }) => kinds.has(kind));
  const isAbout = ({ reference }: Policy): boolean =>
    refs.some((ref) => ref.name === reference.name && ref.kind === reference.kind);
  const message = `${name} names ${refs.map((ref) => `${ref.kind} "${ref.name}"`).join(', ')}, which is not there`;
  return {
    ...shell,
    ...(until === null ? {} : { until }),
    amend: (policy) => (isAbout(policy) ? excepted(policy, exception) : policy),
    idle: refs.length === 0 ? null : problem('PLM1321', message, { source, ...place, subject: name }),
    problems: faults,
  };
}

function excepted(policy: Policy, exception: PolicyException): Policy {
  const changed = { ...policy, exceptions: [...policy.exceptions, exception] };
  return { ...changed, lookups: lookedUp(changed) };
}
