import type { Resource } from '../../model/resource.ts';
import type { Judgement, JudgedResource, Outcome, Verdict } from '../../model/verdict.ts';
import { subjectType } from '../match/subject.ts';
import type { Guardrail } from '../policy-set.ts';
import { judgedRule } from '../judged-rule.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { type Glances, Glancing } from './glancing.ts';
import { judge } from './judge.ts';
import { type Hearing, judgeEntry } from './judge-entry.ts';
import { JudgedSubject } from './judged-subject.ts';
import type { NotPassed } from './not-passed.ts';
import { type PartPath, mayJudge, partsRead } from './parts-read.ts';
import { planFor } from './plan.ts';
import type { Plan, PlanEntry } from './plan.ts';

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
    const { source, type, apiVersion, kind, scope } = resource;
    const key = `${source}\0${type}\0${apiVersion}\0${kind}\0${scope === null ? '' : 'n'}`;
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
    const hearing = new Telling(sink);
    for (const entry of plan.entries) {
      if (only === undefined || only.has(entry.guardrail.key)) judgeEntry(entry, subject, this.#world, hearing);
    }
  }

  /**
   * What has to be read of a type's resources to {@link glance} at them; null where none of `only` is about the type:
   * there is nothing to see.
   */
  partsRead(source: string, type: string, only: ReadonlySet<string>): readonly PartPath[] | null {
    const served = this.#world.served(source);
    const about = this.guardrails.filter(
      (guardrail) => only.has(guardrail.key) && mayJudge(guardrail, source, type, served),
    );
    return about.length === 0 ? null : about.flatMap((guardrail) => partsRead(guardrail, type));
  }

  /**
   * Looks at a resource of which {@link partsRead} was read, by some guardrails: false where {@link evaluate} would give
   * passes and plain skips alone. True: it is to be read whole and evaluated, nothing was counted.
   */
  glance(excerpt: Resource, only: ReadonlySet<string>, count: Glances): boolean {
    const plan = this.planOf(excerpt);
    const entries = plan.entries.filter(({ guardrail }) => only.has(guardrail.key));
    if (entries.length === 0) return false;
    // What it is in another version was not read.
    if (entries.some(({ form }) => form !== null)) return true;
    const subject = new JudgedSubject(excerpt, plan, this.#world, null);
    const glancing = new Glancing();
    for (const entry of entries) {
      judgeEntry(entry, subject, this.#world, glancing);
      if (glancing.found) return true;
    }
    count.pass += glancing.passes;
    count.skip += glancing.skips;
    return false;
  }
}

/** Judges in full, and makes verdicts. */
class Telling implements Hearing {
  readonly #sink: VerdictSink;
  readonly judge = judge;

  constructor(sink: VerdictSink) {
    this.#sink = sink;
  }

  pass(entry: PlanEntry, resource: Resource, param: string | null): void {
    this.#sink.pass(entry, resource, param);
  }

  notPassed(entry: PlanEntry, resource: Resource, param: string | null, conclusion: NotPassed): void {
    if (conclusion.ignored === true) this.#sink.ignored?.(entry, resource, conclusion.reason ?? '');
    this.#sink.verdict(verdictOf(entry, resource, param, conclusion.outcome, conclusion), entry, resource);
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
    waivedBy: conclusion?.waivedBy ?? null,
  };
}

function judgementOf(policy: Policy, binding: string | null, param: string | null, resource: Resource): Judgement {
  return { policy: policy.reference, binding, rule: judgedRule(policy), param, resource };
}

/** A resource as verdicts show it. */
function judgedResource(resource: Resource): JudgedResource {
  const { source, type, scope, name, apiVersion, kind, uid, place } = resource;
  return { source, type, scope, name, apiVersion, kind, uid, place };
}
