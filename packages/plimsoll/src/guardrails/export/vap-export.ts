import type { JsonObject } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { type EnforcementStep, stepText, stepsToCome } from '../enforcement.ts';
import { documentFault } from '../formats/document-faults.ts';
import { neverMatched } from '../match/never-matched.ts';
import type { Guardrail } from '../policy-set.ts';
import type { FieldPath, Policy } from '../policy.ts';
import { inServerTerms } from './in-server-terms.ts';
import { fitted, refused } from './fitted-policy.ts';
import { piecesOf } from './pieces.ts';
import { type ValidationAction, validationActions } from './validation-actions.ts';
import { type InForce, bindingManifest, inForceAs, policyManifest } from './vap-documents.ts';

/** What is exported, and what is not, each with its place and reason. */
export interface VapExport {
  /** ValidatingAdmissionPolicies, each before its bindings. */
  readonly documents: readonly JsonObject[];
  readonly problems: readonly Problem[];
}

/**
 * Guardrails as ValidatingAdmissionPolicies and bindings of admissionregistration.k8s.io/v1, by which an API server
 * gives the verdicts that they give of objects as they are created. What it cannot do is refused (PLM1340) or left out
 * (PLM1341). Which actions are due is decided as of `now` (milliseconds since 1970). Broken guardrails are passed over:
 * what is wrong with them stands in their own problems.
 */
export function exportVap(guardrails: readonly Guardrail[], now: number): VapExport {
  const documents: JsonObject[] = [];
  const problems: Problem[] = [];
  const taken = new Set<string>();
  for (const guardrail of guardrails) {
    if (guardrail.state === 'broken') continue;
    const made = inServerTerms(guardrail).map((one) =>
      'reason' in one ? refusedExport(guardrail.policy, ['spec'], one.reason) : exported(one, now),
    );
    problems.push(...made.flatMap((one) => one.problems));
    for (const document of made.flatMap((one) => one.documents)) {
      const name = `${String(document['kind'])} ${String(member(document['metadata'], 'name'))}`;
      if (taken.has(name)) problems.push(fault(guardrail.policy, ['metadata', 'name'], `there would be two ${name}`));
      else documents.push(document);
      taken.add(name);
    }
  }
  return { documents, problems };
}

const rulesPath = ['spec', 'matchConstraints', 'resourceRules'];

/** The first reason not to export a policy at all, whatever its expressions are. */
const refusals: readonly ((guardrail: Guardrail) => { readonly path: FieldPath; readonly reason: string } | null)[] = [
  ({ policy }) =>
    isName(nameOf(policy))
      ? null
      : { path: ['metadata', 'name'], reason: `"${nameOf(policy)}" is no name that the API server takes` },
  ({ policy }) =>
    member(policy.document.body['spec'], 'desired') === undefined
      ? null
      : { path: ['spec', 'desired'], reason: 'a desired state is compared by Plimsoll alone' },
  ({ policy: { exceptions } }) =>
    exceptions[0] === undefined
      ? null
      : { path: [], reason: `${exceptions[0].name} exempts from it, and the API server knows no exceptions` },
  ({ policy }) => {
    const exempt = exemption(policy);
    return exempt?.wholly === true ? { path: rulesPath, reason: exempt.reason } : null;
  },
  ({ policy, bindings }) =>
    policy.paramKind === null || policy.paramRef !== null || bindings.length > 0
      ? null
      : { path: ['spec', 'paramKind'], reason: 'no binding says which params; give it one' },
];

function exported(guardrail: Guardrail, now: number): VapExport {
  const { policy } = guardrail;
  for (const ask of refusals) {
    const found = ask(guardrail);
    if (found !== null) return refusedExport(policy, found.path, found.reason);
  }
  const fit = fitted(policy);
  if (fit.policy === null) return { documents: [], problems: fit.problems };
  const { pieces, problems } = piecesOf(fit.policy);
  const exempt = exemption(policy);
  const unasked = exempt === null ? [] : [documentFault(policy.document, 'PLM1341', rulesPath, exempt.reason)];
  const bound = inForceOf(guardrail, now);
  const documents = pieces.flatMap(({ suffix, policy: piece }) => {
    const name = `${nameOf(policy)}${suffix}`;
    const bindings = bound.inForce.map((one) =>
      bindingManifest({ ...one, name: `${one.name}${suffix}`, policyName: name }),
    );
    return [policyManifest(piece, name), ...bindings];
  });
  return { documents, problems: [...fit.problems, ...unasked, ...problems, ...bound.problems] };
}

function refusedExport(policy: Policy, path: FieldPath, reason: string): VapExport {
  return { documents: [], problems: refused(policy, path, reason).problems };
}

/** The bindings of a policy as of now: its own, else one everywhere; none while nothing of its ladder is due. */
function inForceOf(
  { policy, bindings }: Guardrail,
  now: number,
): { readonly inForce: readonly Omit<InForce, 'policyName'>[]; readonly problems: readonly Problem[] } {
  if (bindings.length > 0) {
    const inForce = bindings.map((binding) => ({
      name: binding.name,
      actions: validationActions(
        binding.enforcement.map(({ action, points }) => ({ action, points, from: null })),
        now,
      ),
      later: null,
      ...inForceAs(binding),
    }));
    return { inForce, problems: [] };
  }
  const steps = policy.enforcement;
  const toCome = stepsToCome(steps, 'admission', now);
  const actions = steps.length === 0 ? [defaultAction(policy)] : validationActions(steps, now);
  const later = toCome.length === 0 ? null : toCome.map(laterText).join(', ');
  const name = nameOf(policy);
  const inForce =
    actions.length === 0 ? [] : [{ name, actions, later, paramRef: policy.paramRef, matchResources: null }];
  return { inForce, problems: notYet(policy, actions, later) };
}

/** As everywhere, a ValidatingAdmissionPolicy without a binding audits; a Guardrail that says nothing else denies. */
function defaultAction({ reference }: Policy): ValidationAction {
  return reference.kind === 'ValidatingAdmissionPolicy' ? 'Audit' : 'Deny';
}

function laterText(step: EnforcementStep): string {
  return stepText({ ...step, points: [] });
}

function notYet(policy: Policy, actions: readonly ValidationAction[], later: string | null): readonly Problem[] {
  if (actions.length > 0 && later === null) return [];
  const today = actions.length === 0 ? 'is not bound: nothing is due at admission today' : `is ${actions.join(', ')}`;
  const coming = later === null ? '' : `; later ${later}, when it is exported again`;
  return [documentFault(policy.document, 'PLM1342', ['spec', 'enforcement'], `${today}${coming}`)];
}

/** Why the API server never asks a policy about types that it names; `wholly`: about none of them. */
function exemption({
  appliesTo,
  match,
  reference,
}: Policy): { readonly reason: string; readonly wholly: boolean } | null {
  if (appliesTo !== null) return null;
  const asVap = { reference: { ...reference, kind: 'ValidatingAdmissionPolicy' } };
  const types = match.rules.flatMap(({ apiGroups, resources }) =>
    apiGroups.flatMap((group) => resources.map((resource) => `${group === '' ? 'core' : group}/${resource}`)),
  );
  const reasons = types.flatMap((type) => neverMatched(asVap, type) ?? []);
  return reasons.length === 0 ? null : { reason: reasons.join(', '), wholly: reasons.length === types.length };
}

/** `POLICY`, `POLICY.RULE`, and what its tool calls the rewriting for other types. */
function nameOf({ reference, rule, variant }: Policy): string {
  return [reference.name, ...(rule === null ? [] : [rule]), ...(variant === null ? [] : [variant])].join('.');
}

/** A DNS subdomain with room for what is put behind it (k8s.io/apimachinery validation NameIsDNSSubdomain). */
function isName(name: string): boolean {
  return name.length <= 230 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

function fault(policy: Policy, path: FieldPath, message: string): Problem {
  return documentFault(policy.document, 'PLM1340', path, message);
}
