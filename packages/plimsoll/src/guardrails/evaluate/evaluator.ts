import { Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { Resource } from '../../model/resource.ts';
import type { Judgement, JudgedResource, Outcome, Verdict } from '../../model/verdict.ts';
import { firstReason } from '../match/plan.ts';
import { subjectType } from '../match/subject.ts';
import type { Guardrail } from '../policy-set.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { blameBelow } from './blame.ts';
import { slots } from './compiled-policy.ts';
import { judge } from './judge.ts';
import { JudgedSubject } from './judged-subject.ts';
import { knownObject } from './known-object.ts';
import { lookupScope } from './lookup-scope.ts';
import type { NotPassed } from './not-passed.ts';
import { paramsFor } from './params.ts';
import type { Param } from './params.ts';
import { planFor } from './plan.ts';
import type { Plan, PlanEntry } from './plan.ts';
import { authorizer } from './request.ts';

/** Where verdicts go. A pass is announced without being made, unless it is asked for. */
export interface VerdictSink {
  /** A policy × binding × param holds. */
  pass(entry: PlanEntry, resource: Resource, param: string | null): void;
  /** Any other outcome. */
  verdict(verdict: Verdict, entry: PlanEntry, resource: Resource): void;
  /** Besides the verdict, a skip: the policy failed on the resource, and failurePolicy Ignore lets that be. */
  ignored?(entry: PlanEntry, resource: Resource, reason: string): void;
}

/**
 * The one evaluator: holds resources to a set of guardrails. Plans are made once for each type;
 * a resource that passes allocates next to nothing.
 */
export class Evaluator {
  readonly guardrails: readonly Guardrail[];
  readonly #world: World;
  readonly #plans = new Map<string, Plan>();
  #lastKey = '';
  #last: Plan | null = null;

  constructor(guardrails: readonly Guardrail[], world: World) {
    this.guardrails = guardrails;
    this.#world = world;
  }

  /** What judges resources like this one. */
  planOf(resource: Resource): Plan {
    const key = `${resource.source}\0${resource.type}\0${resource.apiVersion}\0${resource.scope === null ? '' : 'n'}`;
    if (key === this.#lastKey && this.#last !== null) return this.#last;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      const subject = subjectType(resource, this.#world.served(resource.source));
      plan = planFor(this.guardrails, resource.source, subject);
      this.#plans.set(key, plan);
    }
    this.#lastKey = key;
    this.#last = plan;
    return plan;
  }

  /** Forgets all plans: the types that a source serves have changed. */
  forgetPlans(): void {
    this.#plans.clear();
    this.#lastKey = '';
    this.#last = null;
  }

  /** Judges one resource; `only` leaves the guardrails out that are not in it. */
  evaluate(resource: Resource, sink: VerdictSink, only?: ReadonlySet<string>): void {
    const plan = this.planOf(resource);
    if (plan.entries.length === 0) return;
    const subject = new JudgedSubject(resource, plan, this.#world, null);
    for (const entry of plan.entries) {
      if (only === undefined || only.has(entry.guardrail.key)) judgeEntry(entry, subject, this.#world, sink);
    }
  }
}

/** One resource's verdicts, those that pass among them where `passing` is asked for. */
export function evaluateResource(
  resource: Resource,
  guardrails: readonly Guardrail[],
  world: World,
  passing = true,
): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  new Evaluator(guardrails, world).evaluate(resource, {
    pass: (entry, _, param) => {
      if (passing) verdicts.push(verdictOf(entry, resource, param, 'pass', null));
    },
    verdict: (verdict) => verdicts.push(verdict),
  });
  return verdicts;
}

/** A verdict in full. */
export function verdictOf(
  entry: PlanEntry,
  resource: Resource,
  param: string | null,
  outcome: Outcome,
  conclusion: NotPassed | null,
): Verdict {
  const { policy } = entry.guardrail;
  return {
    ...judgementOf(policy, entry.binding?.name ?? null, param, resource),
    resource: judgedResource(resource),
    outcome,
    severity: policy.severity,
    reason: conclusion?.reason ?? null,
    violations: conclusion?.violations ?? [],
    waivedBy: null,
  };
}

function judgementOf(policy: Policy, binding: string | null, param: string | null, resource: Resource): Judgement {
  return { policy: policy.reference, binding, rule: null, param, resource };
}

/** A resource as verdicts show it. */
function judgedResource(resource: Resource): JudgedResource {
  const { source, type, scope, name, apiVersion, kind, uid, place } = resource;
  return { source, type, scope, name, apiVersion, kind, uid, place };
}

function judgeEntry(entry: PlanEntry, held: JudgedSubject, world: World, sink: VerdictSink): void {
  const { resource } = held;
  const { compiled, binding, steps } = entry;
  const { policy } = compiled;
  if (steps.length > 0) {
    const reason = firstReason(steps, resource, held.namespaces);
    if (reason !== null) {
      if (reason.outcome !== 'none')
        tell(entry, resource, null, { ...reason, outcome: reason.outcome, violations: [] }, sink);
      return;
    }
  }
  const form = entry.form === null ? null : entry.form(resource.name);
  const subject = form === null ? held : held.inForm(form);
  if (!(subject instanceof JudgedSubject)) {
    tell(entry, resource, null, subject, sink);
    return;
  }
  let prefix = '';
  let object: Value;
  if (policy.appliesTo === null) object = subject.object;
  else {
    const { pod } = subject;
    // With an objectSelector the owner may not be matched, and then this template is all that is judged.
    if (pod === null || (policy.match.objectSelector === null && subject.leftOut)) return;
    ({ prefix } = pod);
    object = subject.podObject;
  }
  const { values } = compiled.activation;
  values[slots.object] = object;
  values[slots.oldObject] = null;
  values[slots.authorizer] = authorizer;
  if (compiled.reads.request) values[slots.request] = subject.request;
  if (compiled.reads.lookups) values[slots.lookups] = lookupsOf(policy, resource, world);
  const namespaceObject = compiled.reads.namespaceObject ? subject.namespaceObject : null;
  const blame = blameBelow(prefix);
  if (policy.paramKind === null) {
    const conclusion = judge(compiled, namespaceObject, blame);
    if (conclusion === null) sink.pass(entry, resource, null);
    else tell(entry, resource, null, conclusion, sink);
    return;
  }
  const params = paramsFor(policy, binding, resource, world);
  if (!isParams(params)) {
    tell(entry, resource, null, params, sink);
    return;
  }
  for (const param of params) {
    values[slots.params] = param.body === null ? null : knownObject(param.body, param.unseen, param.notKept);
    const conclusion = judge(compiled, namespaceObject, blame);
    if (conclusion === null) sink.pass(entry, resource, param.name);
    else tell(entry, resource, param.name, conclusion, sink);
  }
}

function tell(
  entry: PlanEntry,
  resource: Resource,
  param: string | null,
  conclusion: NotPassed,
  sink: VerdictSink,
): void {
  if (conclusion.ignored === true) sink.ignored?.(entry, resource, conclusion.reason ?? '');
  sink.verdict(verdictOf(entry, resource, param, conclusion.outcome, conclusion), entry, resource);
}

function isParams(params: readonly Param[] | NotPassed): params is readonly Param[] {
  return Array.isArray(params);
}

function lookupsOf(policy: Policy, resource: Resource, world: World): Value {
  return Object.fromEntries(
    policy.lookups.map(({ name, type, sameNamespace }) => {
      const listing = world.list(resource.source, type, sameNamespace ? lookupScope(resource) : null);
      const value: Value =
        'unknown' in listing
          ? new Unknown([`lookup ${name}: ${listing.unknown}`])
          : listing.items.map(({ body, unseen }) => knownObject(body, unseen, listing.notKept));
      return [name, value];
    }),
  );
}
