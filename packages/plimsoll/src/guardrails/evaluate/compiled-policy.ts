import { Activation, CompileError, Composer, compile, parse } from '@plimsoll/cel';
import type { CompileOptions, Environment, Program } from '@plimsoll/cel';
import { Conjunction, auto } from '@plimsoll/cel/generate';
import type { Problem } from '../../model/problem.ts';
import { DesiredState } from '../desired/desired-state.ts';
import { documentFault, expressionFault } from '../formats/document-faults.ts';
import type { Dialect } from './dialect.ts';
import type { FieldPath, NamedExpression, Policy, PolicyException, Validation } from '../policy.ts';
import { expressionsOf } from '../policy-expressions.ts';
import { noExceptions, policyEnvironment, slots } from './policy-environment.ts';
import { mustEvaluateTo, outputExpected } from './result-type.ts';

/** A named expression, compiled. */
interface CompiledExpression extends NamedExpression {
  readonly program: Program;
}

/** A validation, compiled. */
export interface CompiledValidation extends Validation {
  readonly index: number;
  readonly program: Program;
  readonly messageProgram: Program | null;
}

/** An exception to a policy, compiled. */
export interface CompiledException {
  readonly exception: PolicyException;
  readonly conditions: readonly CompiledExpression[];
}

/** What a policy's expressions read besides the object; a superset is harmless. */
interface Reads {
  readonly request: boolean;
  readonly namespaceObject: boolean;
  readonly lookups: boolean;
}

/** A policy that can judge. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly environment: Environment;
  /** Used again for each evaluation: the values are set, the programs run, the next values are set. */
  readonly activation: Activation;
  readonly matchConditions: readonly CompiledExpression[];
  readonly validations: readonly CompiledValidation[];
  /** All validations as one function, once they have run often; null where there are none. */
  readonly together: Conjunction | null;
  /** null where the policy does not say how objects are to be. */
  readonly desired: DesiredState | null;
  readonly auditAnnotations: readonly CompiledExpression[];
  readonly exceptions: readonly CompiledException[];
  readonly hasVariables: boolean;
  readonly conditionsReadVariables: boolean;
  readonly reads: Reads;
}

/**
 * Compiles all expressions of a policy; every fault of every expression is in `problems`, with its place and caret,
 * and `compiled` is null where there is one of the policy's own. An exception with faults excepts nothing.
 */
export function compilePolicy(
  policy: Policy,
  dialect: Dialect,
): { readonly compiled: CompiledPolicy | null; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const unexcepted: Problem[] = [];
  const attempt = <T>(path: FieldPath, build: () => T, document = policy.document): T | null => {
    try {
      return build();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const found = document === policy.document ? problems : unexcepted;
      for (const issue of error.issues) found.push(expressionFault(document, path, error.source, issue));
      return null;
    }
  };
  const base = policyEnvironment(policy, dialect);
  const composer = new Composer(base, 'variables', auto);
  for (const { name, expression, path } of policy.variables) {
    // A variable that does not compile is declared all the same, so that its readers are not faulted as well.
    if (attempt(path, () => composer.add(name, expression)) === null) attempt(path, () => composer.add(name, 'null'));
  }
  const isGatekeeper = policy.engine === 'gatekeeper';
  const program = (
    source: string,
    path: FieldPath,
    environment: Environment,
    typeFault: CompileOptions['typeFault'],
    document = policy.document,
  ): Program | null => attempt(path, () => compile(parse(source), environment, { mode: auto, typeFault }), document);
  const mustBe = policy.engine === 'kyverno' ? outputExpected : mustEvaluateTo;
  const named = (
    list: readonly NamedExpression[],
    environment: Environment,
    typeFault: CompileOptions['typeFault'],
    document = policy.document,
  ): CompiledExpression[] =>
    list.flatMap((one) => {
      const compiled = program(one.expression, one.path, environment, typeFault, document);
      return compiled === null ? [] : [{ ...one, program: compiled }];
    });
  // The API server lets match conditions read no variables; Gatekeeper does, but params stand in variables alone.
  const environment = isGatekeeper ? withoutName(composer.environment, 'params') : composer.environment;
  const bool = mustBe(['bool']);
  const matchConditions = named(policy.matchConditions, isGatekeeper ? environment : base, bool);
  const exceptions = policy.exceptions.flatMap((exception) => {
    const conditions = named(exception.conditions, base, bool, exception.document);
    return conditions.length < exception.conditions.length ? [] : [{ exception, conditions }];
  });
  const message = (expression: string, path: FieldPath): Program | null => {
    const at = [...path, 'messageExpression'];
    if (!isGatekeeper) return program(expression, at, environment, mustBe(['string']));
    // Gatekeeper has no use for one that it does not know to be a string: it says the message.
    let isText = false;
    const found = program(expression, at, environment, ({ kind }) => {
      isText = kind === 'string';
      return null;
    });
    return isText ? found : null;
  };
  const validations = policy.validations.flatMap((validation, index) => {
    const { expression, messageExpression, path } = validation;
    const compiled = program(expression, [...path, 'expression'], environment, bool);
    const messageProgram = messageExpression === null ? null : message(messageExpression, path);
    return compiled === null ? [] : [{ ...validation, index, program: compiled, messageProgram }];
  });
  const auditAnnotations = named(
    policy.auditAnnotations,
    environment,
    isGatekeeper ? undefined : mustBe(['string', 'null']),
  );
  const { desired, document } = policy;
  const state =
    desired === null
      ? null
      : DesiredState.compile(desired, policy, (path, message, isUnknownField) =>
          problems.push(documentFault(document, isUnknownField ? 'PLM1301' : 'PLM1318', path, message)),
        );
  if (problems.length > 0) return { compiled: null, problems: [...problems, ...unexcepted] };
  const activation = new Activation(composer.environment);
  if (policy.engine === 'kyverno') activation.values[slots.exceptions] = noExceptions;
  const compiled = {
    policy,
    environment: composer.environment,
    activation,
    matchConditions,
    validations,
    together: validations.length === 0 ? null : new Conjunction(validations.map(({ program }) => program)),
    desired: state,
    auditAnnotations,
    exceptions,
    hasVariables: policy.variables.length > 0,
    conditionsReadVariables: isGatekeeper,
    reads: readsOf(policy),
  };
  return { compiled, problems: unexcepted };
}

/** An environment in which a variable cannot be named; its slot, and composed variables that read it, stay. */
function withoutName(environment: Environment, name: string): Environment {
  const names = environment.variableNames.map((one) => (one === name ? `#${name}` : one));
  return environment.withVariables(names).withComposition(environment.composed);
}

function readsOf(policy: Policy): Reads {
  const sources = expressionsOf(policy);
  const mentions = (word: RegExp): boolean => sources.some((source) => word.test(source));
  return {
    request: mentions(/\brequest\b/),
    namespaceObject: mentions(/\bnamespaceObject\b/),
    lookups: policy.lookups.length > 0 && policy.engine !== 'kyverno',
  };
}
