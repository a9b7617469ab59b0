import { createHash } from 'node:crypto';
import type { Waiver } from '../../findings/waiver.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Guardrail } from '../policy-set.ts';

/** Raised when the evaluator's answers change, so that stores of older versions are judged anew. */
const EVALUATOR = 1;

/** What a guardrail's verdicts rest on besides resources: its document, its bindings, its state, the waivers. */
export function fingerprintOf(guardrail: Guardrail, waivers: readonly Waiver[]): string {
  const { policy, bindings, state } = guardrail;
  const bound = bindings.map(({ name, policyName, paramRef, matchResources, validationActions }) => ({
    name,
    policyName,
    paramRef,
    matchResources,
    validationActions,
  }));
  const { document } = policy;
  return createHash('sha256')
    .update(jsonText([EVALUATOR, state, document.body, bound, waivers]))
    .digest('base64url')
    .slice(0, 16);
}
