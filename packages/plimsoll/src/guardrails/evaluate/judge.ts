import { ErrorValue, Fault, Unknown } from '@plimsoll/cel';
import type { Program, Value } from '@plimsoll/cel';
import type { Violation } from '../../model/verdict.ts';
import type { CompiledPolicy, CompiledValidation } from './compiled-policy.ts';
import { slots } from './compiled-policy.ts';
import { faultText } from './fault-text.ts';
import { type NotPassed, failureOf, skipFor, unknownFor } from './not-passed.ts';

/** Gives the field paths that made a validation false; asked only for those that failed. */
export type Blame = (compiled: CompiledPolicy, program: Program) => readonly string[];

/** Kubernetes' cost limits (k8s.io/apiserver pkg/apis/cel/config.go). */
const limits = { expression: 1_000_000, matchConditions: 2_500_000, validations: 10_000_000, audit: 10_000_000 };

/** The longest message that a messageExpression may give (MaxEvaluatedMessageExpressionSizeBytes). */
const longestMessage = 5 * 1024;

/** What a pass may still spend. */
interface Budget {
  left: number;
}

/**
 * Judges one policy with one param; the activation holds all values but `namespaceObject`, which match conditions
 * read as null. null is a pass. (k8s.io/apiserver policy/validating `validator.Validate`.)
 */
export function judge(compiled: CompiledPolicy, namespaceObject: Value, blame: Blame): NotPassed | null {
  const { activation, matchConditions } = compiled;
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

/** What {@link judge} comes to, but for the words: a skip that no failure caused, or `finding` for all but that and a pass. */
export type Glimpse = 'pass' | 'skip' | 'finding';

/** Judges as {@link judge} does, and stops at the first sign of something that has to be said, unsaid. */
export function glimpse(compiled: CompiledPolicy, namespaceObject: Value): Glimpse {
  const { activation, validations, auditAnnotations } = compiled;
  if (compiled.matchConditions.length > 0) {
    activation.values[slots.namespaceObject] = null;
    if (compiled.conditionsReadVariables) activation.forgetComposed();
    const condition = glimpseConditions(compiled);
    if (condition !== 'pass') return condition;
  }
  activation.values[slots.namespaceObject] = namespaceObject;
  if (compiled.hasVariables) activation.forgetComposed();
  const budget = { left: limits.validations };
  for (const { program } of validations) if (spend(program, compiled, budget) !== true) return 'finding';
  return auditAnnotations.length > 0 && auditFault(compiled) !== null ? 'finding' : 'pass';
}

/** Where conditions are unknown the validations decide: those that hold make it a pass. */
function glimpseConditions(compiled: CompiledPolicy): Glimpse {
  const budget = { left: limits.matchConditions };
  let failed = false;
  for (const { program } of compiled.matchConditions) {
    const value = spend(program, compiled, budget);
    if (value === false) return 'skip';
    failed ||= value !== true && !(value instanceof Unknown);
    if (value instanceof Fault && isExhausted(value)) break;
  }
  return failed ? 'finding' : 'pass';
}

/** Any false condition skips, even beside errors; an unknown one leaves the answer to the validations. */
function judgeConditions(compiled: CompiledPolicy): NotPassed | null {
  const { matchConditions, activation } = compiled;
  const budget = { left: limits.matchConditions };
  let fault: string | null = null;
  let unknown: string | null = null;
  for (const { name, program } of matchConditions) {
    const value = spend(program, compiled, budget);
    if (value === true) continue;
    if (value instanceof Unknown) unknown ??= faultText(`matchCondition ${name}`, program, value, activation);
    else if (value instanceof Fault) {
      fault ??= faultText(`matchCondition ${name}`, program, value, activation);
      if (isExhausted(value)) break;
    } else if (value === false) return skipFor(`matchCondition ${name} does not hold`);
    else fault ??= `matchCondition ${name} is neither true nor false`;
  }
  if (fault !== null && compiled.policy.failurePolicy === 'Ignore') return failureOf(compiled.policy, fault);
  if (unknown !== null) return unknownFor(unknown);
  return fault === null ? null : failureOf(compiled.policy, fault);
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
  const violations = wrong === null ? [] : violationsOf(compiled, wrong, budget, blame);
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

/** Audit annotations annotate nothing at rest, but one that fails denies as a validation does. */
function auditFault(compiled: CompiledPolicy): string | null {
  if (compiled.hasVariables) compiled.activation.forgetComposed();
  const budget = { left: limits.audit };
  for (const { name, program } of compiled.auditAnnotations) {
    const value = spend(program, compiled, budget);
    if (value instanceof Fault && !(value instanceof Unknown))
      return faultText(`auditAnnotation ${name}`, program, value, compiled.activation);
  }
  return null;
}

function spend(program: Program, { activation }: CompiledPolicy, budget: Budget): Value {
  const value = program.run(activation, Math.min(limits.expression, budget.left));
  budget.left -= activation.cost;
  return value;
}

function isExhausted(value: Fault): boolean {
  return value instanceof ErrorValue && value.kind === 'cost';
}
