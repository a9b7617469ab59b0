import { CompileError, Composer, type Environment, compile, parse } from '@plimsoll/cel';
import { newestDialect } from '../evaluate/dialect.ts';
import { policyEnvironment } from '../evaluate/policy-environment.ts';
import { type Wanted, mustEvaluateTo } from '../evaluate/result-type.ts';
import { documentFault } from '../formats/document-faults.ts';
import type { FieldPath, NamedExpression, Policy } from '../policy.ts';
import type { Problem } from '../../model/problem.ts';

/** A policy as far as the API server can evaluate it, and what was left out or stood in the way. */
export interface Fitted {
  /** null where nothing of it can be exported. */
  readonly policy: Policy | null;
  readonly problems: readonly Problem[];
}

/**
 * Leaves out what the API server cannot evaluate: validations and audit annotations that read look-ups or another tool's
 * functions, and variables that are of use to these alone. Each validation has to hold by itself, so the others mean the
 * same without it; a match condition decides about all of them, so a policy with one that cannot be evaluated is refused.
 */
export function fitted(policy: Policy): Fitted {
  const inServer = { ...policy, engine: 'kubernetes', lookups: [], complete: null } as const;
  const base = policyEnvironment(inServer, newestDialect);
  const composer = new Composer(base, 'variables');
  const lost = new Map<string, string>();
  const reason = (expression: string, build: () => void): string | null => reasonOf(expression, policy, lost, build);
  const variables = policy.variables.filter(({ name, expression }) => {
    const why = reason(expression, () => composer.add(name, expression));
    if (why !== null) lost.set(name, why);
    return why === null;
  });
  const compiles = (expression: string, environment: Environment, wanted: Wanted): string | null =>
    reason(expression, () => void compile(parse(expression), environment, { typeFault: mustEvaluateTo(wanted) }));
  for (const { path, ...condition } of policy.matchConditions) {
    const why = conditionReason(condition, policy) ?? compiles(condition.expression, base, ['bool']);
    if (why !== null) return refused(policy, path, why);
  }
  const { environment } = composer;
  const problems: Problem[] = [];
  const isKept = (path: FieldPath, why: string | null): boolean => {
    if (why === null) return true;
    problems.push(documentFault(policy.document, 'PLM1341', path, `is left out: ${why}`));
    return false;
  };
  const validations = policy.validations.filter(({ expression, messageExpression, path }) => {
    const why = compiles(expression, environment, ['bool']);
    if (why !== null || messageExpression === null) return isKept(path, why);
    return isKept([...path, 'messageExpression'], compiles(messageExpression, environment, ['string']));
  });
  const auditAnnotations = policy.auditAnnotations.filter(({ expression, path }) =>
    isKept(path, compiles(expression, environment, ['string', 'null'])),
  );
  if (validations.length === 0 && policy.validations.length > 0) return wholly(policy, problems);
  return { policy: { ...inServer, variables, validations, auditAnnotations }, problems };
}

/** Nothing of a policy is exported, for this reason. */
export function refused(policy: Policy, path: FieldPath, reason: string): Fitted {
  return { policy: null, problems: [documentFault(policy.document, 'PLM1340', path, reason)] };
}

/** Where each of the validations is left out, so is the policy. */
function wholly(policy: Policy, problems: readonly Problem[]): Fitted {
  const found = problems.map(({ message, ...rest }) => ({ ...rest, message: message.replace('is left out: ', '') }));
  return { policy: null, problems: found.map((one) => ({ ...one, ...refusal(policy) })) };
}

function refusal(policy: Policy): Pick<Problem, 'code' | 'remedy'> {
  const { code, remedy } = documentFault(policy.document, 'PLM1340', [], '');
  return { code, remedy };
}

/** Why the API server cannot evaluate an expression; null: it can. */
function reasonOf(
  expression: string,
  policy: Policy,
  lost: ReadonlyMap<string, string>,
  build: () => void,
): string | null {
  try {
    build();
    return null;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (policy.lookups.length > 0 && /\blookups\b/.test(expression))
      return 'it reads lookups, and the API server looks up nothing but params';
    const variable = [...lost].find(([name]) => new RegExp(`\\bvariables\\s*\\.\\s*\\??${name}\\b`).test(expression));
    if (variable !== undefined) return `it reads variables.${variable[0]}: ${variable[1]}`;
    return `the API server does not compile it: ${error.issues[0]?.message ?? error.message}`;
  }
}

/** Kyverno's conditions read the namespace, and those of the API server do not. */
function conditionReason({ expression }: Omit<NamedExpression, 'path'>, { engine }: Policy): string | null {
  return engine === 'kyverno' && /\bnamespaceObject\b/.test(expression)
    ? 'it reads namespaceObject, which is null in every match condition of the API server'
    : null;
}
