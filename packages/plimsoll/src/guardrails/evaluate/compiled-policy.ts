import { Activation, CompileError, Composer, admission, compile, kubernetes, parse } from '@plimsoll/cel';
import type { Environment, Program } from '@plimsoll/cel';
import { Conjunction, auto } from '@plimsoll/cel/generate';
import type { Problem } from '../../model/problem.ts';
import { expressionFault } from '../formats/document-faults.ts';
import type { Dialect } from './dialect.ts';
import { hasParams } from './params.ts';
import { mustBeBool, resultType } from './result-type.ts';
import type { FieldPath, NamedExpression, Policy, Validation } from '../policy.ts';

/** Slots of the variables that every policy has; `params` and `lookups` follow where the policy has them. */
export const slots = { object: 0, oldObject: 1, request: 2, namespaceObject: 3, authorizer: 4, params: 5, lookups: 6 };
const names = Object.keys(slots);

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
  readonly auditAnnotations: readonly CompiledExpression[];
  readonly hasVariables: boolean;
  readonly conditionsReadVariables: boolean;
  readonly reads: Reads;
}

const environments = new Map<string, Environment>();

/**
 * Compiles all expressions of a policy; every fault of every expression is in `problems`, with its place and caret,
 * and `compiled` is null where there is one.
 */
export function compilePolicy(
  policy: Policy,
  dialect: Dialect,
): { readonly compiled: CompiledPolicy | null; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const attempt = <T>(path: FieldPath, build: () => T): T | null => {
    try {
      return build();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      for (const issue of error.issues) problems.push(expressionFault(policy.document, path, error.source, issue));
      return null;
    }
  };
  const base = baseEnvironment(policy, dialect);
  const composer = new Composer(base, 'variables', auto);
  for (const { name, expression, path } of policy.variables) {
    // A variable that does not compile is declared all the same, so that its readers are not faulted as well.
    if (attempt(path, () => composer.add(name, expression)) === null) attempt(path, () => composer.add(name, 'null'));
  }
  const isGatekeeper = policy.naming === 'gatekeeper';
  const program = (source: string, path: FieldPath, environment: Environment): Program | null =>
    attempt(path, () => compile(parse(source), environment, { mode: auto }));
  const truth = (source: string, path: FieldPath, environment: Environment): Program | null =>
    attempt(path, () => {
      const compiled = compile(parse(source), environment, { mode: auto });
      if (isGatekeeper) mustBeBool(source, environment);
      return compiled;
    });
  const named = (list: readonly NamedExpression[], environment: Environment, as = program): CompiledExpression[] =>
    list.flatMap((one) => {
      const compiled = as(one.expression, one.path, environment);
      return compiled === null ? [] : [{ ...one, program: compiled }];
    });
  // The API server lets match conditions read no variables; Gatekeeper does, but params stand in variables alone.
  const environment = isGatekeeper ? withoutName(composer.environment, 'params') : composer.environment;
  const matchConditions = named(policy.matchConditions, isGatekeeper ? environment : base, truth);
  const validations = policy.validations.flatMap((validation, index) => {
    const { expression, messageExpression, path } = validation;
    const compiled = truth(expression, [...path, 'expression'], environment);
    const message =
      messageExpression === null ? null : program(messageExpression, [...path, 'messageExpression'], environment);
    // Gatekeeper has no use for one that it does not know to be a string: it says the message.
    const isUnused = isGatekeeper && message !== null && resultType(message.source, environment) !== 'string';
    return compiled === null
      ? []
      : [{ ...validation, index, program: compiled, messageProgram: isUnused ? null : message }];
  });
  const auditAnnotations = named(policy.auditAnnotations, environment);
  if (problems.length > 0) return { compiled: null, problems };
  const compiled = {
    policy,
    environment: composer.environment,
    activation: new Activation(composer.environment),
    matchConditions,
    validations,
    together: validations.length === 0 ? null : new Conjunction(validations.map(({ program }) => program)),
    auditAnnotations,
    hasVariables: policy.variables.length > 0,
    conditionsReadVariables: isGatekeeper,
    reads: readsOf(policy),
  };
  return { compiled, problems };
}

function baseEnvironment(policy: Policy, dialect: Dialect): Environment {
  const own = names.filter((name) => {
    if (name === 'params') return hasParams(policy);
    return name !== 'lookups' || policy.lookups.length > 0;
  });
  // A slot keeps its number where one before it is not declared: no expression can name this one.
  const variables = own.includes('lookups') ? names.map((name) => (own.includes(name) ? name : `no ${name}`)) : own;
  const key = [dialect.version, dialect.expressions, ...variables].join(' ');
  let found = environments.get(key);
  if (found === undefined) {
    found = admission(kubernetes(dialect.version, dialect.expressions, { variables }));
    environments.set(key, found);
  }
  return found;
}

/** An environment in which a variable cannot be named; its slot, and composed variables that read it, stay. */
function withoutName(environment: Environment, name: string): Environment {
  const names = environment.variableNames.map((one) => (one === name ? `no ${name}` : one));
  return environment.withVariables(names).withComposition(environment.composed);
}

function readsOf(policy: Policy): Reads {
  const sources = [
    ...[...policy.matchConditions, ...policy.variables, ...policy.auditAnnotations].map(({ expression }) => expression),
    ...policy.validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression ?? '']),
  ];
  const mentions = (word: RegExp): boolean => sources.some((source) => word.test(source));
  return {
    request: mentions(/\brequest\b/),
    namespaceObject: mentions(/\bnamespaceObject\b/),
    lookups: policy.lookups.length > 0,
  };
}
