import type { Resource } from '../../model/resource.ts';
import { firstReason } from '../match/step.ts';
import { subjectType } from '../match/subject.ts';
import type { Guardrail } from '../policy-set.ts';
import type { World } from '../world.ts';
import { JudgedSubject } from './judged-subject.ts';
import { planFor } from './plan.ts';

/** A guardrail that does not judge a resource by a binding (null: without one), and the first reason why. */
export interface NotMatched {
  readonly guardrail: Guardrail;
  readonly binding: string | null;
  readonly reason: string;
}

/** The guardrails that do not judge a resource, in their order: what matching says no to, and what cannot judge at all. */
export function notMatched(resource: Resource, guardrails: readonly Guardrail[], world: World): readonly NotMatched[] {
  const plan = planFor(guardrails, resource.source, subjectType(resource, world.served(resource.source)));
  const { namespaces } = new JudgedSubject(resource, plan, world, null);
  const idle = guardrails.flatMap((guardrail) =>
    guardrail.state === 'ok' ? [] : [{ guardrail, binding: null, reason: `it is ${guardrail.state}` }],
  );
  const ofType = plan.unmatched.map(({ guardrail, binding, reason }) => ({
    guardrail,
    binding: binding?.name ?? null,
    reason: reason.reason,
  }));
  const ofObject = plan.entries.flatMap(({ guardrail, binding, steps }) => {
    const found = firstReason(steps, resource, namespaces);
    if (found === null || found.outcome !== 'none') return [];
    return [{ guardrail, binding: binding?.name ?? null, reason: found.reason }];
  });
  return [...ofObject, ...idle, ...ofType];
}
