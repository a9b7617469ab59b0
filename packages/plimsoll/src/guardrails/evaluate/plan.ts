import { bindingMatching, narrowedSteps } from '../match/narrowing.ts';
import { neverMatched } from '../match/never-matched.ts';
import { type FormOfName, formsOf } from '../match/plan.ts';
import { type MatchReason, type MatchStep, isSteps } from '../match/step.ts';
import type { SubjectType } from '../match/subject.ts';
import type { Binding } from '../policy.ts';
import type { Guardrail } from '../policy-set.ts';
import type { CompiledPolicy } from './compiled-policy.ts';

/** One policy × binding that may judge resources of a type, with what is left to match for each of them. */
export interface PlanEntry {
  readonly guardrail: Guardrail;
  readonly compiled: CompiledPolicy;
  readonly binding: Binding | null;
  /** Empty: every resource of the type is judged. */
  readonly steps: readonly MatchStep[];
  /** Which version a resource is judged in; null: all as they are held. A binding's rules choose none. */
  readonly form: FormOfName | null;
}

/** A policy × binding that judges nothing of the type, and why: for `explain`. */
interface Unmatched {
  readonly guardrail: Guardrail;
  readonly binding: Binding | null;
  readonly reason: MatchReason;
}

/** What judges the resources of one type, decided once. */
export interface Plan {
  readonly subject: SubjectType;
  readonly entries: readonly PlanEntry[];
  readonly unmatched: readonly Unmatched[];
}

/** Which of `guardrails` judge resources of this type in `source`. */
export function planFor(guardrails: readonly Guardrail[], source: string, subject: SubjectType): Plan {
  const entries: PlanEntry[] = [];
  const unmatched: Unmatched[] = [];
  for (const guardrail of guardrails) {
    const { compiled, policy, bindings } = guardrail;
    if (compiled === null || guardrail.state !== 'ok') continue;
    if (policy.origin === 'cluster' && policy.reference.source !== source) continue;
    const exempt = policy.idle ?? neverMatched(policy, subject.type);
    for (const binding of bindings.length === 0 ? [null] : bindings) {
      if (exempt !== null) {
        unmatched.push({ guardrail, binding, reason: { outcome: 'none', reason: exempt } });
        continue;
      }
      const own = narrowedSteps(policy, subject);
      const bound = binding === null ? [] : narrowedSteps(bindingMatching(binding), subject);
      if (!isSteps(own)) unmatched.push({ guardrail, binding, reason: own });
      else if (!isSteps(bound)) unmatched.push({ guardrail, binding, reason: ofBinding(bound) });
      else {
        const steps = [...own, ...bound.map(saidOfBinding)];
        entries.push({ guardrail, compiled, binding, steps, form: formsOf(policy.match, subject) });
      }
    }
  }
  return { subject, entries, unmatched };
}

function ofBinding(reason: MatchReason): MatchReason {
  return { ...reason, reason: `binding: ${reason.reason}` };
}

function saidOfBinding(step: MatchStep): MatchStep {
  return (resource, namespaces) => {
    const reason = step(resource, namespaces);
    return reason === null ? null : ofBinding(reason);
  };
}
