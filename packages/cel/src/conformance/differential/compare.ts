import { inspect, isDeepStrictEqual } from 'node:util';
import type { Oracle } from '@plimsoll/testcluster';
import { type Environment, kubernetes } from '../../environment/environment.ts';
import { Activation, Composer, PER_EXPRESSION_LIMIT, type Program, compile } from '../../program.ts';
import { CompileError } from '../../syntax/compile-error.ts';
import { parse } from '../../syntax/parser.ts';
import { Authorizer } from '../../values/authorizer.ts';
import { ErrorValue, Fault } from '../../values/fault.ts';
import type { Value } from '../../values/value.ts';
import { type Encoded, canonical, encode } from './encode.ts';

/** An expression on an object, in the environment of a server's version. */
export interface Question {
  readonly expression: string;
  readonly object: Value;
  /** The newest where left out, what it has stored. */
  readonly version?: string;
  readonly mode?: 'new' | 'stored';
  readonly mutation?: boolean;
  /** The variables of a policy. */
  readonly composed?: readonly ComposedVariable[];
}

/** A variable of a policy. */
export interface ComposedVariable {
  readonly name: string;
  readonly expression: string;
}

/** What both say to a question where they do not agree; costs apart, so that each can be looked at by itself. */
export interface Difference {
  readonly question: Question;
  readonly kind: 'compiles' | 'value' | 'cost';
  readonly ours: string;
  readonly theirs: string;
}

/** What came of a number of questions. */
export interface Comparison {
  readonly differences: readonly Difference[];
  readonly refused: number;
}

interface OracleAnswer {
  readonly value?: Encoded;
  readonly error?: string;
  readonly compileErrors?: readonly { readonly message: string }[];
  readonly cost?: number;
}

interface Answer {
  readonly compileError: string | null;
  readonly error: string | null;
  readonly value: Encoded | null;
  readonly cost: number;
}

/** How often that is tried. */
const ORDERS = 30;

const variables = [
  'object',
  'oldObject',
  'params',
  'request',
  'namespaceObject',
  'authorizer',
  'authorizer.requestResource',
];

/** The same authorizer as the oracle has (testcluster/go/celenvironment.go readersOnly). */
const readersOnly = new Authorizer((asked) => {
  const who =
    asked.serviceAccount === null
      ? 'somebody'
      : `system:serviceaccount:${asked.serviceAccount.namespace}:${asked.serviceAccount.name}`;
  const { verb, group, resource, subresource, namespace, name, path } = asked;
  const reason = [who, verb, group, resource, subresource, namespace, name, path ?? ''].join('|');
  return { allowed: verb === 'get', reason, error: verb === '' ? 'no verb' : null };
});

/** Compares answers one after another; an expression is compiled once for questions in a row. */
export class Comparer {
  readonly #oracle: Oracle;
  readonly #environments = new Map<string, Environment>();
  #last: { readonly key: string; readonly program: Program | string } | null = null;

  constructor(oracle: Oracle) {
    this.#oracle = oracle;
  }

  /** Everything in which the two do not agree, and how many questions neither compiles. */
  async compare(questions: readonly Question[]): Promise<Comparison> {
    const theirs = await Promise.all(questions.map((question) => this.#ask(question)));
    const found: Difference[] = [];
    let refused = 0;
    for (const [i, question] of questions.entries()) {
      const ours = this.#answer(question);
      const answer = theirs[i];
      const first = answer === undefined ? [] : differences(question, ours, answer);
      if (ours.compileError !== null && answer?.compileError !== null) refused += 1;
      if (first.length > 0 && !(await this.#agreesInTime(question, ours))) found.push(...first);
    }
    return { differences: found, refused };
  }

  /** Go walks maps in another order each time: what depends on that is asked again until the orders meet. */
  async #agreesInTime(question: Question, ours: Answer): Promise<boolean> {
    if (!/\w\(\w+, /.test(question.expression)) return false;
    for (let i = 0; i < ORDERS; i += 1)
      if (differences(question, ours, await this.#ask(question)).length === 0) return true;
    return false;
  }

  async #ask({ expression, object, version, mode, mutation, composed }: Question): Promise<Answer> {
    return readOracle(
      await this.#oracle.ask({ expression, bindings: { object }, version, mode, patchTypes: mutation, composed }),
    );
  }

  #answer(question: Question): Answer {
    const program = this.#compiled(question);
    if (typeof program === 'string') return { compileError: program, error: null, value: null, cost: 0 };
    const activation = new Activation(program.environment);
    for (const name of variables) activation.set(name, null);
    activation.set('object', question.object);
    activation.set('authorizer', readersOnly);
    activation.set('authorizer.requestResource', requestResource);
    const value = program.run(activation, PER_EXPRESSION_LIMIT);
    const { cost } = activation;
    if (!(value instanceof Fault)) return { compileError: null, error: null, value: encode(value), cost };
    return { compileError: null, error: value instanceof ErrorValue ? value.message : 'unknown', value: null, cost };
  }

  #compiled(question: Question): Program | string {
    const { expression, version = '1.36', mode = 'stored', mutation = false, composed = [] } = question;
    const environmentKey = `${version} ${mode} ${String(mutation)} ${JSON.stringify(composed)}`;
    const key = `${environmentKey} ${expression}`;
    if (this.#last?.key === key) return this.#last.program;
    let environment = this.#environments.get(environmentKey);
    if (environment === undefined) {
      environment = composing(kubernetes(version, mode, { variables, mutation }), composed);
      this.#environments.set(environmentKey, environment);
    }
    const program = compiledOrError(expression, environment);
    this.#last = { key, program };
    return program;
  }
}

const requestResource = readersOnly
  .with('group', { group: '' })
  .with('resource', { resource: 'pods', namespace: 'some-namespace', name: 'some-name' });

function composing(base: Environment, composed: readonly ComposedVariable[]): Environment {
  if (composed.length === 0) return base.withComposition(null);
  const composer = new Composer(base, 'variables');
  for (const { name, expression } of composed) composer.add(name, expression);
  return composer.environment;
}

function compiledOrError(expression: string, environment: Environment): Program | string {
  try {
    return compile(parse(expression), environment);
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
}

function readOracle(given: unknown): Answer {
  const { value, error, compileErrors, cost = 0 } = given as OracleAnswer;
  return {
    compileError: compileErrors?.map(({ message }) => message).join('; ') ?? null,
    error: error ?? null,
    value: value === undefined ? null : canonical(value),
    cost,
  };
}

function differences(question: Question, ours: Answer, theirs: Answer): readonly Difference[] {
  // cel-go itself broke, and not on an evaluation: there is nothing to agree with.
  if (theirs.error?.startsWith('panic: ') === true) return [];
  if (ours.compileError !== null || theirs.compileError !== null) {
    if (ours.compileError !== null && theirs.compileError !== null) return [];
    return [{ question, kind: 'compiles', ours: shown(ours), theirs: shown(theirs) }];
  }
  const found: Difference[] = [];
  const failed = ours.error !== null && theirs.error !== null;
  if (!failed && !((ours.error === null) === (theirs.error === null) && isDeepStrictEqual(ours.value, theirs.value)))
    found.push({ question, kind: 'value', ours: shown(ours), theirs: shown(theirs) });
  // Where the limit stopped a run, how far past it the last step went is no one's business.
  const stopped = ours.cost > PER_EXPRESSION_LIMIT && theirs.cost > PER_EXPRESSION_LIMIT;
  if (ours.cost !== theirs.cost && !stopped)
    found.push({ question, kind: 'cost', ours: String(ours.cost), theirs: String(theirs.cost) });
  return found;
}

function shown({ compileError, error, value }: Answer): string {
  if (compileError !== null) return `does not compile: ${compileError}`;
  return error === null ? inspect(value, { depth: null, breakLength: Number.POSITIVE_INFINITY }) : `error: ${error}`;
}
