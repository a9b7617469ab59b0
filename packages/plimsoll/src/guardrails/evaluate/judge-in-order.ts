import { ErrorValue, Fault, Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import { auditFault } from './audit-annotations.ts';
import type { Blame } from './blame.ts';
import type { CompiledPolicy, CompiledValidation } from './compiled-policy.ts';
import { faultText } from './fault-text.ts';
import { judgeConditions } from './match-conditions.ts';
import { type NotPassed, errorFor, unknownFor } from './not-passed.ts';
import { slots } from './policy-environment.ts';
import { type Budget, limits, spend } from './spending.ts';

/**
 * Judges as Kyverno does (pkg/cel/policies/vpol/compiler/policy.go `evaluateWithData`): match conditions read the
 * namespace, the first validation that does not hold decides, and failurePolicy is about match conditions alone: any
 * other failure is an error. null is a pass.
 */
export function judgeInOrder(compiled: CompiledPolicy, namespaceObject: Value, blame: Blame): NotPassed | null {
  compiled.activation.values[slots.namespaceObject] = namespaceObject;
  const condition = compiled.matchConditions.length === 0 ? null : judgeConditions(compiled);
  if (condition !== null && condition.outcome !== 'unknown') return condition;
  const found = judgeValidations(compiled, blame);
  return found === null ? null : (condition ?? found);
}

function judgeValidations(compiled: CompiledPolicy, blame: Blame): NotPassed | null {
  const { activation } = compiled;
  const hold = compiled.together?.holds(activation, limits.expression) === true;
  if (compiled.hasVariables) activation.forgetComposed();
  const budget = { left: limits.validations };
  const wrong: CompiledValidation[] = [];
  for (const validation of hold ? [] : compiled.validations) {
    const value = spend(validation.program, compiled, budget);
    if (value === true) continue;
    if (!(value instanceof Fault)) wrong.push(validation);
    // What stands behind one that does not hold is looked at for its violations alone.
    else if (wrong.length === 0) {
      const text = faultText(`validations[${validation.index}]`, validation.program, value, activation);
      return value instanceof Unknown ? unknownFor(text) : errorFor(text);
    }
  }
  const violations = wrong.map((validation) => ({
    index: validation.index,
    message: messageOf(validation, compiled, budget),
    expression: validation.expression.trim(),
    paths: blame(compiled, validation.program),
  }));
  const audit = compiled.auditAnnotations.length === 0 ? null : auditFault(compiled);
  if (audit !== null) return errorFor(audit);
  return violations.length === 0 ? null : { outcome: 'fail', reason: null, violations };
}

function messageOf({ messageProgram, message, index }: CompiledValidation, compiled: CompiledPolicy, budget: Budget) {
  let said = message ?? '';
  if (messageProgram !== null) {
    const value = spend(messageProgram, compiled, budget);
    if (typeof value === 'string') said = value;
    else if (value instanceof ErrorValue) said = `failed to evaluate message expression: ${value.message}`;
    else if (said === '') said = 'the message expression is unknown';
  }
  return said === '' ? `CEL expression validation failed at index ${index}` : said;
}
