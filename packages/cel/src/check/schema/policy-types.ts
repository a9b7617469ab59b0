import type { Environment } from '../../environment/environment.ts';
import { CompileError, type Issue, formatIssue } from '../../syntax/compile-error.ts';
import { parse } from '../../syntax/parser.ts';
import { check } from '../check.ts';
import { type Type, dyn, fieldTable, struct } from '../types/type.ts';
import { typingOf, variableType } from '../typing.ts';
import { admission } from './admission-types.ts';
import type { GroupVersionKind } from './open-api-schema.ts';

/** The expressions of a ValidatingAdmissionPolicy whose types the API server checks, and what they can read. */
export interface TypedPolicy {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly { readonly expression: string; readonly messageExpression?: string }[];
  /** The type of `params`, dyn where its kind is not known; null where the policy has none. */
  readonly params: Type | null;
}

/** A kind that a policy matches, and the type of its objects (`typeOfKind`). */
export interface MatchedKind {
  readonly kind: GroupVersionKind;
  readonly type: Type;
}

/** What is wrong with an expression where objects are of one kind. */
interface KindIssues {
  readonly kind: GroupVersionKind;
  readonly issues: readonly Issue[];
}

/** An expression whose types do not fit, as in `status.typeChecking.expressionWarnings`. */
export interface ExpressionWarning {
  /** `spec.validations[0].expression`. */
  readonly fieldRef: string;
  /** In the API server's words. */
  readonly warning: string;
  readonly kinds: readonly KindIssues[];
}

/**
 * Checks the validations of a policy once for each kind that it matches, `object` and `oldObject` of that kind's type,
 * as the controller does that writes `status.typeChecking`
 * (k8s.io/apiserver pkg/admission/plugin/policy/validating/typechecking.go). Kinds in the order of group, version, kind.
 */
export function checkPolicyTypes(
  policy: TypedPolicy,
  kinds: readonly MatchedKind[],
  environment: Environment,
): readonly ExpressionWarning[] {
  const environments = kinds.map(({ kind, type }) => ({ kind, environment: typed(policy, type, environment) }));
  return policy.validations.flatMap(({ expression, messageExpression }, i) => {
    const sources = { expression, ...(messageExpression === undefined ? {} : { messageExpression }) };
    return Object.entries(sources).flatMap(([field, source]) => {
      const found = environments
        .map((own) => ({ kind: own.kind, issues: issuesOf(source, own.environment) }))
        .filter(({ issues }) => issues.length > 0);
      const fieldRef = `spec.validations[${i}].${field}`;
      return found.length === 0 ? [] : [{ fieldRef, warning: warningOf(source, found), kinds: found }];
    });
  });
}

function warningOf(source: string, kinds: readonly KindIssues[]): string {
  const texts = kinds.map(({ kind: { group, version, kind }, issues }) => {
    const said = issues.map(({ message, position }) => formatIssue(source, { message, position }));
    return `${group}/${version}, Kind=${kind}: ${said.join('\n')}\n`;
  });
  return texts.join('\n');
}

/** The environment in which objects are of that type; the policy's variables have the types of their expressions. */
function typed(policy: TypedPolicy, object: Type, environment: Environment): Environment {
  const names = ['object', 'oldObject', 'request', 'namespaceObject', 'authorizer'];
  const params = policy.params === null ? [] : ['params'];
  const base = admission(environment.withVariables([...names, ...params]), {
    types: { object, oldObject: object, ...(policy.params === null ? {} : { params: policy.params }) },
  });
  const variables = new Map(typingOf(base).variables);
  // The controller declares the authorizer alone, and makes no programs.
  variables.delete('authorizer.requestResource');
  const known: Record<string, Type> = {};
  const at = (): Environment =>
    base.withTyping({
      constants: false,
      variables: new Map([...variables, ['variables', struct('kubernetes.variables', fieldTable(known))]]),
    });
  for (const { name, expression } of policy.variables) known[name] = typeOfExpression(expression, at());
  return at();
}

function typeOfExpression(source: string, environment: Environment): Type {
  try {
    const { issues, outputType } = check(parse(source), environment);
    return issues.length === 0 ? variableType(outputType) : dyn;
  } catch (error) {
    if (error instanceof CompileError) return dyn;
    throw error;
  }
}

function issuesOf(source: string, environment: Environment): readonly Issue[] {
  try {
    return check(parse(source), environment).issues;
  } catch (error) {
    if (error instanceof CompileError) return error.issues;
    throw error;
  }
}
