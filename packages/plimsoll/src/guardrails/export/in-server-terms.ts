import { member } from '../../model/json.ts';
import type { EnforcementStep } from '../enforcement.ts';
import type { AdmissionMatch } from '../match/narrowing.ts';
import type { Guardrail } from '../policy-set.ts';
import type { Binding, MatchResources, Policy } from '../policy.ts';
import { celLiteral } from './cel-literal.ts';

/** A guardrail with what its tool matches by told in MatchResources and conditions; or why that cannot be. */
export type InServerTerms = Guardrail | { readonly reason: string };

/** A guardrail in the API server's terms: a Gatekeeper template becomes one for each of its constraints. */
export function inServerTerms(guardrail: Guardrail): readonly InServerTerms[] {
  const { policy, bindings } = guardrail;
  if (policy.engine !== 'gatekeeper') return [narrowed(guardrail, policy)];
  return bindings.map((binding) => {
    const own = {
      ...policy,
      ...withParameters(policy, binding),
      narrowing: [...policy.narrowing, ...binding.narrowing],
    };
    return narrowed(
      { ...guardrail, bindings: [] },
      { ...own, rule: binding.name, enforcement: enforcementOf(binding) },
    );
  });
}

/** The constraint's parameters stand in the policy itself: no CRD of Gatekeeper's has to be there. */
function withParameters(
  { variables }: Policy,
  { param }: Binding,
): Pick<Policy, 'variables' | 'complete' | 'paramKind'> {
  const parameters = celLiteral(member(member(param, 'spec'), 'parameters') ?? null);
  return {
    variables: variables.map((one) => (one.name === 'params' ? { ...one, expression: parameters } : one)),
    complete: null,
    paramKind: null,
  };
}

/** The points at which Gatekeeper acts on requests (frameworks/constraint pkg/apis, gatekeeper pkg/util). */
const atAdmission = new Set(['validation.gatekeeper.sh', 'vap.k8s.io']);

function enforcementOf({ enforcement }: Binding): readonly EnforcementStep[] {
  return enforcement.map(({ action, points }) => ({
    action,
    from: null,
    points: points.some((point) => atAdmission.has(point)) ? [] : points,
  }));
}

function narrowed(guardrail: Guardrail, policy: Policy): InServerTerms {
  let { match, matchConditions } = policy;
  for (const { admission } of policy.narrowing) {
    if (typeof admission === 'string') return { reason: admission };
    const both = together(match, admission);
    if ('reason' in both) return both;
    match = both;
    matchConditions = [...matchConditions, ...admission.conditions.map((one) => ({ ...one, path: [] }))];
  }
  return { ...guardrail, policy: { ...policy, match, matchConditions, narrowing: [] } };
}

function together(match: MatchResources, more: AdmissionMatch): MatchResources | { readonly reason: string } {
  if (match.rules.length > 0 && more.rules.length > 0) return { reason: 'two lists of kinds cannot both be told' };
  const both = (one: MatchResources['objectSelector'], two: MatchResources['objectSelector']) =>
    one === null || two === null ? (one ?? two) : { requirements: [...one.requirements, ...two.requirements] };
  return {
    ...match,
    rules: more.rules.length > 0 ? more.rules : match.rules,
    namespaceSelector: both(match.namespaceSelector, more.namespaceSelector),
    objectSelector: both(match.objectSelector, more.objectSelector),
  };
}
