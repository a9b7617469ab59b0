import { type EnforcementStep, stepsInForce } from '../enforcement.ts';

/** What a binding of the API server's does about a violation. */
export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** The actions of tools in lower case: Kubernetes' and Kyverno's own, those of Kyverno's rules, Gatekeeper's. */
const actions: ReadonlyMap<string, ValidationAction> = new Map([
  ['audit', 'Audit'],
  ['deny', 'Deny'],
  ['dryrun', 'Audit'],
  ['enforce', 'Deny'],
  ['warn', 'Warn'],
]);

/**
 * The validationActions that steps in force at admission stand for; empty where none is due. The API server takes no
 * Warn beside Deny, which warns as well.
 */
export function validationActions(steps: readonly EnforcementStep[], now: number): readonly ValidationAction[] {
  const found = new Set(
    stepsInForce(steps, 'admission', now).flatMap(({ action }) => actions.get(action.toLowerCase()) ?? []),
  );
  if (found.has('Deny')) found.delete('Warn');
  return [...found];
}
