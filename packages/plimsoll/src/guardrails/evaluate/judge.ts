import { Fault, Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { Violation } from '../../model/verdict.ts';
import type { DesiredState } from '../desired/desired-state.ts';
import { auditFault } from './audit-annotations.ts';
import type { Blame } from './blame.ts';
import type { CompiledPolicy, CompiledValidation } from './compiled-policy.ts';
import { faultText } from './fault-text.ts';
import { judgeInOrder } from './judge-in-order.ts';
import { type Glimpse, glimpseConditions, judgeConditions } from './match-conditions.ts';
import { type NotPassed, failureOf, unknownFor } from './not-passed.ts';
import { slots } from './policy-environment.ts';
import { type Budget, isExhausted, limits, spend } from './spending.ts';

/** The longest message that a messageExpression may give (MaxEvaluatedMessageExpressionSizeBytes). */
const longestMessage = 5 * 1024;

/**
 * Judges one policy with one param; the activation holds all values but `namespaceObject`, which match conditions
 * read as null. null is a pass. (k8s.io/apiserver policy/validating `validator.Validate`.)
 */
export function judge(compiled: CompiledPolicy, namespaceObject: Value, blame: Blame): NotPassed | null {
  const { activation, matchConditions, policy } = compiled;
  if (policy.engine === 'kyverno') return judgeInOrder(compiled, namespaceObject, blame);
  let doubt: NotPassed | null = null;
  if (matchConditions.length > 0) {
    activation.values[slots.namespaceObject] = null;
    if (compiled.conditionsReadVariables) activation.forgetComposed();
    const condition = judgeConditions(compiled);
    if (condition !== null && condition.outcome !== 'unknown') return condition;
    doubt = condition;
  }
  activation.values[slots.namespaceObject] = namespaceObject;
  const found = judgeValidations(compiled, blame);
  if (doubt === null || found === null) return found;
  return doubt;
}

/** Judges as {@link judge} does, and stops at the first sign of something that has to be said, unsaid. */
export function glimpse(compiled: CompiledPolicy, namespaceObject: Value): Glimpse {
  const { activation, validations, auditAnnotations, policy } = compiled;
  if (compiled.matchConditions.length > 0) {
    activation.values[slots.namespaceObject] = policy.engine === 'kyverno' ? namespaceObject : null;
    if (compiled.conditionsReadVariables) activation.forgetComposed();
    const condition = glimpseConditions(compiled);
    if (condition !== 'pass') return condition;
  }
  activation.values[slots.namespaceObject] = namespaceObject;
  if (compiled.hasVariables) activation.forgetComposed();
  const budget = { left: limits.validations };
  for (const { program } of validations) if (spend(program, compiled, budget) !== true) return 'finding';
  if (compiled.desired !== null && !compiled.desired.holds(activation.values[slots.object] ?? null)) return 'finding';
  return auditAnnotations.length > 0 && auditFault(compiled) !== null ? 'finding' : 'pass';
}

function judgeValidations(compiled: CompiledPolicy, blame: Blame): NotPassed | null {
  const { activation } = compiled;
  // Mostly all hold: what is wrong otherwise, they tell one by one.
  const hold = compiled.together?.holds(activation, limits.expression) === true;
  const validations = hold ? [] : compiled.validations;
  if (compiled.hasVariables) activation.forgetComposed();
  const budget = { left: limits.validations };
  let wrong: CompiledValidation[] | null = null;
  let fault: string | null = null;
  let unknown: string | null = null;
  for (const validation of validations) {
    const value = spend(validation.program, compiled, budget);
    if (value === true) continue;
    if (!(value instanceof Fault)) (wrong ??= []).push(validation);
    else {
      const what = `validations[${validation.index}]`;
      const text = faultText(what, validation.program, value, activation);
      if (isExhausted(value)) return failureOf(compiled.policy, text);
      if (value instanceof Unknown) unknown ??= text;
      else fault ??= text;
    }
  }
  const told = wrong === null ? [] : violationsOf(compiled, wrong, budget, blame);
  const differing = compiled.desired === null ? null : differencesOf(compiled, compiled.desired, blame);
  unknown ??= differing?.unknown ?? null;
  const violations = differing === null ? told : [...told, ...differing.violations];
  const audit = compiled.auditAnnotations.length === 0 ? null : auditFault(compiled);
  if (violations.length > 0) return { outcome: 'fail', reason: null, violations };
  fault ??= audit;
  if (fault !== null && compiled.policy.failurePolicy === 'Fail') return failureOf(compiled.policy, fault);
  if (unknown !== null) return unknownFor(unknown);
  return fault === null ? null : failureOf(compiled.policy, fault);
}

function violationsOf(
  compiled: CompiledPolicy,
  wrong: readonly CompiledValidation[],
  budget: Budget,
  blame: Blame,
): readonly Violation[] {
  return wrong.map((validation) => ({
    index: validation.index,
    message: messageOf(validation, compiled, budget),
    expression: validation.expression.trim(),
    paths: blame(compiled, validation.program),
  }));
}

/** What is not as it is wanted: all of it is of one check, the last. */
function differencesOf({ activation, validations }: CompiledPolicy, desired: DesiredState, { prefix }: Blame) {
  const object = activation.values[slots.object] ?? null;
  if (desired.holds(object)) return null;
  const { differences, unknown } = desired.differences(object, prefix);
  const violations = differences.map(({ path, message, wanted }) => ({
    index: validations.length,
    message,
    expression: wanted,
    paths: [path],
  }));
  return { violations, unknown: unknown === null ? null : `spec.desired: ${unknown}` };
}

/** The messageExpression's string, else the message, else the expression: the API server's order and its limits. */
function messageOf(validation: CompiledValidation, compiled: CompiledPolicy, budget: Budget): string {
  if (validation.messageProgram !== null) {
    const value = spend(validation.messageProgram, compiled, budget);
    if (typeof value === 'string') {
      const text = value.trim();
      if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= longestMessage) return text;
    }
  }
  const said = validation.message?.trim() ?? '';
  return said === '' ? `failed expression: ${validation.expression.trim()}` : said;
}
