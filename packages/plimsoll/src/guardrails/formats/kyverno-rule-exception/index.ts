import { z } from 'zod';
import { problem } from '../../../model/errors.ts';
import type { Problem } from '../../../model/problem.ts';
import type { Amendment, Policy, PolicyDocument, PolicyException } from '../../policy.ts';
import { metadataSchema } from '../admission-schema.ts';
import { documentFault } from '../document-faults.ts';
import type { Format } from '../format.ts';
import { globMatches } from '../kyverno-matching/glob.ts';
import { kyvernoMatching } from '../kyverno-matching/rule-matching.ts';
import { matchSchema } from '../kyverno-matching/schema.ts';
import { exceptionName, exceptionReason } from '../kyverno-policy-exception/naming.ts';
import { readStrictly } from '../policy-reading.ts';

/** PolicyException of any version of kyverno.io (kyverno api/kyverno/v2 PolicyExceptionSpec). */
const ruleExceptionSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('PolicyException'),
  metadata: metadataSchema,
  spec: z.strictObject({
    background: z.boolean().optional(),
    match: matchSchema.pick({ any: true, all: true }),
    conditions: z.json().optional(),
    exceptions: z.array(z.strictObject({ policyName: z.string().min(1), ruleNames: z.array(z.string()) })).min(1),
    podSecurity: z.array(z.json()).optional(),
  }),
});

/** Exceptions to the rules of Kyverno's older policies (kyverno api/kyverno/v2). */
export const kyvernoRuleExceptionFormat: Format = {
  id: 'Kyverno PolicyException of rules',
  kinds: [{ group: 'kyverno.io', versions: ['v2', 'v2beta1'], kind: 'PolicyException' }],
  read: (document) => [{ part: 'amendment', amendment: readException(document) }],
};

function readException(document: PolicyDocument): Amendment {
  const { source, body, place } = document;
  const name = exceptionName(document);
  const shell = { source, name, says: body['spec'] ?? null };
  const reading = readStrictly(document, ruleExceptionSchema);
  if (reading.value === null) return { ...shell, amend: (policy) => policy, idle: null, problems: reading.faults };
  const { metadata, spec } = reading.value;
  const faults: Problem[] = [...reading.faults];
  for (const field of ['conditions', 'podSecurity'] as const)
    if (spec[field] !== undefined)
      faults.push(documentFault(document, 'PLM1305', ['spec', field], 'is not read: exempt by match alone'));
  const matching = kyvernoMatching(
    { match: spec.match, exclude: null, isRule: false },
    (field, text) => void faults.push(documentFault(document, 'PLM1302', ['spec', ...field], text)),
  );
  const exception: PolicyException = {
    name,
    reason: exceptionReason(metadata, 'PolicyException'),
    narrowing: [matching],
    conditions: [],
    allowed: { images: [], values: [] },
    until: null,
    isReportedAsPass: false,
    document,
  };
  const names = spec.exceptions.map(({ policyName }) => `"${policyName}"`).join(', ');
  const message = `${name} names rules of ${names}, which are not there`;
  return {
    ...shell,
    amend: (policy) =>
      isAbout(policy, spec.exceptions) ? { ...policy, exceptions: [...policy.exceptions, exception] } : policy,
    idle: problem('PLM1321', message, { source, ...place, subject: name }),
    problems: faults,
  };
}

/** A policy of a namespace is named with that; rules that autogen made have names of their own. */
function isAbout(
  { reference, rule, variant }: Policy,
  exceptions: readonly { readonly policyName: string; readonly ruleNames: readonly string[] }[],
): boolean {
  if (rule === null || (reference.kind !== 'ClusterPolicy' && reference.kind !== 'Policy')) return false;
  const name = reference.namespace === null ? reference.name : `${reference.namespace}/${reference.name}`;
  return exceptions.some(
    ({ policyName, ruleNames }) =>
      policyName === name && ruleNames.some((pattern) => globMatches(pattern, variant ?? rule)),
  );
}
