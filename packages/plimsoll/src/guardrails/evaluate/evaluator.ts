import { Unknown, withUnknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Judgement, JudgedResource, Outcome, Verdict } from '../../model/verdict.ts';
import { firstReason } from '../match/plan.ts';
import type { LabelsOfNamespace } from '../match/plan.ts';
import type { OtherForm } from '../match/rules.ts';
import { labelsOf, subjectType } from '../match/subject.ts';
import type { Guardrail } from '../policy-set.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { blameBelow } from './blame.ts';
import { slots } from './compiled-policy.ts';
import { judge } from './judge.ts';
import type { Conclusion } from './judge.ts';
import { paramsFor } from './params.ts';
import type { Param } from './params.ts';
import { planFor } from './plan.ts';
import type { Plan, PlanEntry } from './plan.ts';
import { podView, templateOwner } from './pod-template.ts';
import { authorizer, requestAtRest } from './request.ts';

/** Where verdicts go. A pass is announced without being made, unless it is asked for. */
export interface VerdictSink {
  /** A policy × binding × param holds. */
  pass(entry: PlanEntry, resource: Resource, param: string | null): void;
  /** Any other outcome. */
  verdict(verdict: Verdict, entry: PlanEntry): void;
}

/**
 * The one evaluator (house.md, truth 4): holds resources to a set of guardrails. Plans are made once for each type;
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

  /** Forgets the plans of a source, whose served types have changed. */
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
  conclusion: Conclusion | null,
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

/** What several policies read of one resource, made when the first of them asks. */
class JudgedSubject {
  readonly resource: Resource;
  readonly plan: Plan;
  readonly namespaces: LabelsOfNamespace;
  readonly #world: World;
  readonly #form: OtherForm | null;
  #inForms: Map<string, JudgedSubject> | undefined;
  #object: Value | undefined;
  #pod: ReturnType<typeof podView> | undefined;
  #podObject: Value | undefined;
  #request: Value | undefined;
  #namespace: Value | undefined;
  #leftOut: boolean | undefined;

  /** `form`: the version that the resource's body is in, where it is not the held one. */
  constructor(resource: Resource, plan: Plan, world: World, form: OtherForm | null) {
    this.resource = resource;
    this.plan = plan;
    this.#world = world;
    this.#form = form;
    this.namespaces = (name) => {
      const { body, unknown } = world.namespace(resource.source, name);
      return { labels: labelsOf(body), unknown };
    };
  }

  /** The same resource in another version, or why it is not known in that. */
  inForm(form: OtherForm): JudgedSubject | Conclusion {
    const found = this.#inForms?.get(form.apiVersion);
    if (found !== undefined) return found;
    const read = this.resource.forms?.find(({ apiVersion }) => apiVersion === form.apiVersion);
    if (read === undefined || read.body === null) {
      const why = read?.unknown ?? 'it has not been read in that version yet';
      const reason = `the policy judges it as ${form.apiVersion} ${form.kind}: ${why}`;
      return { outcome: 'unknown', reason, violations: [] };
    }
    const subject = new JudgedSubject({ ...this.resource, body: read.body }, this.plan, this.#world, form);
    (this.#inForms ??= new Map()).set(form.apiVersion, subject);
    return subject;
  }

  get object(): Value {
    return (this.#object ??= knownObject(this.resource.body, this.resource.unseen));
  }

  get pod(): ReturnType<typeof podView> {
    if (this.#pod === undefined) this.#pod = podView(this.resource);
    return this.#pod;
  }

  get podObject(): Value {
    const { pod } = this;
    if (pod === null || pod.prefix === '') return this.object;
    return (this.#podObject ??= knownObject(pod.body, pod.unseen));
  }

  get request(): Value {
    return (this.#request ??= requestAtRest(this.resource, this.plan.subject, this.#form));
  }

  get namespaceObject(): Value {
    if (this.#namespace !== undefined) return this.#namespace;
    const { scope, source } = this.resource;
    if (scope === null) this.#namespace = null;
    else {
      const { body, unknown } = this.#world.namespace(source, scope);
      this.#namespace = unknown === null ? body : partlyKnown(scope, unknown);
    }
    return this.#namespace;
  }

  /** A template whose controller is judged by its own template. */
  get leftOut(): boolean {
    if (this.#leftOut !== undefined) return this.#leftOut;
    const owner = templateOwner(this.resource);
    this.#leftOut = owner !== null && this.#world.has(owner);
    return this.#leftOut;
  }
}

function partlyKnown(name: string, why: string): Value {
  const unknown = new Unknown([`namespace ${name}: ${why}`]);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: unknown, annotations: unknown },
    spec: unknown,
    status: unknown,
  };
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
  conclusion: Conclusion,
  sink: VerdictSink,
): void {
  sink.verdict(verdictOf(entry, resource, param, conclusion.outcome, conclusion), entry);
}

function isParams(params: readonly Param[] | Conclusion): params is readonly Param[] {
  return Array.isArray(params);
}

function lookupsOf(policy: Policy, resource: Resource, world: World): Value {
  return Object.fromEntries(
    policy.lookups.map(({ name, type, sameNamespace }) => {
      const listing = world.list(resource.source, type, sameNamespace ? resource.scope : null);
      const value: Value =
        'unknown' in listing
          ? new Unknown([`lookup ${name}: ${listing.unknown}`])
          : listing.items.map(({ body, unseen }) => knownObject(body, unseen, listing.notKept));
      return [name, value];
    }),
  );
}

/**
 * A body as CEL reads it: what was not kept of it is unknown, so that an expression which needs it has no answer instead
 * of a wrong one.
 */
function knownObject(body: JsonObject, unseen: readonly string[], why?: string | null): Value {
  let object: Value = body;
  for (const path of unseen) object = withUnknown(object, path.split('.'), `${path}: ${why ?? 'it was not kept'}`);
  return object;
}
