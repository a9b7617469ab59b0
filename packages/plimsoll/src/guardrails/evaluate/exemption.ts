import { ErrorValue, Fault, Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { WaivedBy } from '../../model/verdict.ts';
import { type MatchReason, type MatchStep, firstReason, isSteps } from '../match/step.ts';
import type { SubjectType } from '../match/subject.ts';
import type { PolicyException } from '../policy.ts';
import type { CompiledException, CompiledPolicy } from './compiled-policy.ts';
import { faultText } from './fault-text.ts';
import type { JudgedSubject } from './judged-subject.ts';
import { type NotPassed, errorFor, skipFor, unknownFor } from './not-passed.ts';
import { noExceptions, slots } from './policy-environment.ts';
import { type Budget, limits, spend } from './spending.ts';

/** Whether exceptions exempt a resource from a policy altogether, or why that is not known. */
export type Exemption = { readonly is: 'granted'; readonly by: WaivedBy } | Doubt;

type Doubt = { readonly is: 'unknown'; readonly reason: string } | { readonly is: 'failed'; readonly reason: string };

type Match = 'matched' | 'not' | Doubt;

/**
 * What the exceptions to a policy come to for one resource; null where none exempts it. What they allow its expressions
 * read as `exceptions` (kyverno pkg/cel/policies/vpol/compiler/policy.go `evaluateWithData`). The activation holds the
 * resource's values.
 */
export function exemptionFrom(
  compiled: CompiledPolicy,
  subject: JudgedSubject,
  namespaceObject: Value,
): Exemption | null {
  const { values } = compiled.activation;
  values[slots.namespaceObject] = namespaceObject;
  if (compiled.policy.engine === 'kyverno') values[slots.exceptions] = noExceptions;
  const granting: PolicyException[] = [];
  const allowing: PolicyException[] = [];
  let doubt: Exemption | null = null;
  const budget = { left: limits.matchConditions };
  for (const one of compiled.exceptions) {
    const match = matchOf(one, compiled, subject, budget);
    const grants = one.exception.allowed.images.length === 0 && one.exception.allowed.values.length === 0;
    if (match === 'matched') (grants ? granting : allowing).push(one.exception);
    else if (match !== 'not') {
      // A grant stands, whatever fails behind it.
      if (match.is === 'failed' && granting.length === 0) return match;
      doubt ??= match;
    }
  }
  if (granting.length > 0) return { is: 'granted', by: waivedBy(granting) };
  if (compiled.policy.engine === 'kyverno' && allowing.length > 0) values[slots.exceptions] = allowedBy(allowing);
  return doubt;
}

/** A judgement with the exemption from it: an exempt resource that holds to the policy is skipped, as Kyverno has it. */
export function exempted(judged: NotPassed | null, exemption: Exemption): NotPassed | null {
  if (exemption.is === 'failed') return errorFor(exemption.reason);
  if (judged?.outcome === 'skip') return judged;
  if (exemption.is === 'unknown') return judged === null ? null : unknownFor(exemption.reason);
  const { by } = exemption;
  const reason = `${by.reason} (policy exception ${by.waiver})`;
  return judged === null
    ? { ...skipFor(reason), waivedBy: by }
    : { ...judged, outcome: 'waived', reason, waivedBy: by };
}

function waivedBy(granting: readonly PolicyException[]): WaivedBy {
  const [first] = granting;
  const ends = granting.map(({ until }) => until);
  return {
    waiver: granting.map(({ name }) => name).join(', '),
    reason: first?.reason ?? '',
    owner: null,
    until: ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0)),
  };
}

function allowedBy(allowing: readonly PolicyException[]): Value {
  return {
    allowedImages: allowing.flatMap(({ allowed }) => allowed.images),
    allowedValues: allowing.flatMap(({ allowed }) => allowed.values),
  };
}

function matchOf(
  { exception, conditions }: CompiledException,
  compiled: CompiledPolicy,
  subject: JudgedSubject,
  budget: Budget,
): Match {
  const { activation, policy } = compiled;
  const reason = narrowed(exception, subject);
  if (reason !== null && reason.outcome !== 'unknown') return 'not';
  let unknown = reason === null ? null : `policy exception ${exception.name}: ${reason.reason}`;
  let failed: string | null = null;
  for (const { name, program } of conditions) {
    const value = spend(program, compiled, budget);
    if (value === false) return 'not';
    if (!(value instanceof Fault)) continue;
    const text = faultText(`policy exception ${exception.name}, matchCondition ${name}`, program, value, activation);
    if (value instanceof Unknown) unknown ??= text;
    else if (value instanceof ErrorValue) failed ??= text;
  }
  if (failed !== null) return policy.failurePolicy === 'Ignore' ? 'not' : { is: 'failed', reason: failed };
  return unknown === null ? 'matched' : { is: 'unknown', reason: unknown };
}

function narrowed(exception: PolicyException, subject: JudgedSubject): MatchReason | null {
  const steps = stepsFor(exception, subject.plan.subject);
  return isSteps(steps) ? firstReason(steps, subject.resource, subject.namespaces) : steps;
}

const known = new WeakMap<PolicyException, WeakMap<SubjectType, readonly MatchStep[] | MatchReason>>();

/** A plan has one subject for all resources of a type: what depends on that alone is decided once. */
function stepsFor(exception: PolicyException, subject: SubjectType): readonly MatchStep[] | MatchReason {
  if (exception.narrowing.length === 0) return [];
  let bySubject = known.get(exception);
  if (bySubject === undefined) known.set(exception, (bySubject = new WeakMap()));
  let found = bySubject.get(subject);
  if (found === undefined) bySubject.set(subject, (found = joined(exception, subject)));
  return found;
}

function joined({ narrowing }: PolicyException, subject: SubjectType): readonly MatchStep[] | MatchReason {
  const all = narrowing.map((one) => one.steps(subject));
  return all.find((steps) => !isSteps(steps)) ?? all.flatMap((steps) => (isSteps(steps) ? steps : []));
}
