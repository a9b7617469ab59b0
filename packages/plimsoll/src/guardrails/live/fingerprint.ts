import { createHash } from 'node:crypto';
import { jsonText } from '../../model/json-text.ts';
import { policyContent } from '../policy-content.ts';
import type { Guardrail } from '../policy-set.ts';

/** Raised when the evaluator's answers change, so that stores of older versions are judged anew. */
const EVALUATOR = 1;

/**
 * What a guardrail's verdicts rest on besides resources: its document and what amends it, its bindings, its state, why
 * it judges nothing.
 */
export function fingerprintOf(guardrail: Guardrail): string {
  const { policy, bindings, amendments, state } = guardrail;
  const bound = bindings.map(({ name, policyName, paramRef, param, matchResources, narrowing, enforcement }) => ({
    name,
    policyName,
    paramRef,
    param,
    matchResources,
    narrowing: narrowing.map(({ says }) => says),
    enforcement,
  }));
  const amending = amendments.length === 0 ? [] : [amendments.map(({ says }) => says)];
  const { document, idle } = policy;
  const idling = idle === null ? [] : [idle];
  return createHash('sha256')
    .update(jsonText([EVALUATOR, state, policyContent(document.body), bound, ...amending, ...idling]))
    .digest('base64url')
    .slice(0, 16);
}
