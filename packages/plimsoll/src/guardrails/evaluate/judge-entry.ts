import type { Value } from '@plimsoll/cel';
import type { Resource } from '../../model/resource.ts';
import { firstReason } from '../match/step.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { type Blame, blameBelow } from './blame.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { exempted, exemptionFrom } from './exemption.ts';
import { JudgedSubject } from './judged-subject.ts';
import { knownObject } from './known-object.ts';
import { answerFor } from './kyverno-host.ts';
import { lookupsOf } from './lookups.ts';
import type { NotPassed } from './not-passed.ts';
import { type Param, hasParams, paramsFor, withoutParams } from './params.ts';
import type { PlanEntry } from './plan.ts';
import { slots } from './policy-environment.ts';
import { authorizer } from './request.ts';

/** To Kyverno an object that there is none of is an empty one (kyverno pkg/cel/policies/vpol/engine/engine.go `Handle`). */
const noObject: Value = {};

/** How an entry is judged, and who is told. */
export interface Hearing {
  judge(compiled: CompiledPolicy, namespaceObject: Value, blame: Blame): NotPassed | null;
  pass(entry: PlanEntry, resource: Resource, param: string | null): void;
  notPassed(entry: PlanEntry, resource: Resource, param: string | null, conclusion: NotPassed): void;
}

/** Holds a resource to one policy × binding, with each of its params. */
export function judgeEntry(entry: PlanEntry, held: JudgedSubject, world: World, hearing: Hearing): void {
  const { resource } = held;
  const { compiled, binding, steps } = entry;
  const { policy } = compiled;
  if (steps.length > 0) {
    const reason = firstReason(steps, resource, held.namespaces);
    if (reason !== null) {
      const { outcome } = reason;
      if (outcome !== 'none') hearing.notPassed(entry, resource, null, { ...reason, outcome, violations: [] });
      return;
    }
  }
  const form = entry.form === null ? null : entry.form(resource.name);
  const subject = form === null ? held : held.inForm(form);
  if (!(subject instanceof JudgedSubject)) {
    hearing.notPassed(entry, resource, null, subject);
    return;
  }
  let prefix = '';
  let object: Value;
  if (policy.appliesTo === null) object = subject.object;
  else {
    const { pod } = subject;
    // With an objectSelector the owner may not be matched, and then this template is all that is judged.
    if (pod === null || (!selectsObjects(policy) && subject.leftOut)) return;
    ({ prefix } = pod);
    object = subject.podObject;
  }
  const { values } = compiled.activation;
  values[slots.object] = object;
  const isKyverno = policy.engine === 'kyverno';
  values[slots.oldObject] = isKyverno ? noObject : null;
  values[slots.authorizer] = authorizer;
  if (compiled.reads.request) values[slots.request] = isKyverno ? subject.wholeRequest : subject.request;
  if (compiled.reads.lookups) values[slots.lookups] = lookupsOf(policy, resource, world);
  if (isKyverno) answerFor(policy, resource, world);
  const namespaceObject = compiled.reads.namespaceObject ? subject.namespaceObject : null;
  const blame = blameBelow(prefix);
  const parametrised = hasParams(policy);
  const params = parametrised ? paramsFor(policy, binding, resource, world) : withoutParams;
  if (!isParams(params)) {
    hearing.notPassed(entry, resource, null, params);
    return;
  }
  const exemption = policy.exceptions.length === 0 ? null : exemptionFrom(compiled, subject, namespaceObject);
  for (const param of params) {
    if (parametrised)
      values[slots.params] = param.body === null ? null : knownObject(param.body, param.unseen, param.notKept);
    const judged = hearing.judge(compiled, namespaceObject, blame);
    const conclusion = exemption === null ? judged : exempted(judged, exemption);
    if (conclusion === null) hearing.pass(entry, resource, param.name);
    else hearing.notPassed(entry, resource, param.name, conclusion);
  }
}

function selectsObjects({ match, narrowing }: Policy): boolean {
  return match.objectSelector !== null || narrowing.some(({ reads }) => reads.length > 0);
}

function isParams(params: readonly Param[] | NotPassed): params is readonly Param[] {
  return Array.isArray(params);
}
