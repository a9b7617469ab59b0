import type { Verdict } from '../../../model/verdict.ts';
import type { Guardrail } from '../../policy-set.ts';
import { member } from '../../../model/json.ts';
import type { ExpectedResult } from './test-schema.ts';

/** What Kyverno's report says of a verdict; null where it cannot be told. */
export function reportedResult(
  { outcome, waivedBy }: Pick<Verdict, 'outcome' | 'waivedBy'>,
  { policy }: Guardrail,
): ExpectedResult['result'] | null {
  if (outcome === 'unknown') return null;
  if (outcome === 'waived' || (outcome === 'skip' && waivedBy !== null)) {
    const [first = ''] = (waivedBy?.waiver ?? '').split(', ');
    return policy.exceptions.find(({ name }) => name === first)?.isReportedAsPass === true ? 'pass' : 'skip';
  }
  // The API server's validator, by which Kyverno judges rules in CEL, denies what fails to run.
  const isFailure = outcome === 'fail' || (outcome === 'error' && policy.rule !== null);
  if (!isFailure) return outcome;
  // pkg/utils/report: a policy that is not scored warns.
  const annotations = member(member(policy.document.body, 'metadata'), 'annotations');
  return member(annotations, 'policies.kyverno.io/scored') === 'false' ? 'warn' : 'fail';
}
