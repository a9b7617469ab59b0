import { type Environment, kubernetes } from '../../environment/environment.ts';
import { Activation, Composer, PER_EXPRESSION_LIMIT, type Program, compile } from '../../program.ts';
import { CompileError } from '../../syntax/compile-error.ts';
import { parse } from '../../syntax/parser.ts';
import type { Authorizer } from '../../values/authorizer.ts';
import { ErrorValue, Fault } from '../../values/fault.ts';
import type { Value } from '../../values/value.ts';
import { type Encoded, encode } from './encode.ts';

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

/** What comes of a question: one of the three texts or values, the others null. */
export interface Answer {
  readonly compileError: string | null;
  readonly error: string | null;
  readonly value: Encoded | null;
  readonly cost: number;
}

const variables = [
  'object',
  'oldObject',
  'params',
  'request',
  'namespaceObject',
  'authorizer',
  'authorizer.requestResource',
];

/** What we say; an expression is compiled once for questions in a row. */
export class OurAnswers {
  readonly #authorizer: Authorizer;
  readonly #requestResource: Authorizer;
  readonly #environments = new Map<string, Environment>();
  #last: { readonly key: string; readonly program: Program | string } | null = null;

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
    this.#requestResource = authorizer
      .with('group', { group: '' })
      .with('resource', { resource: 'pods', namespace: 'some-namespace', name: 'some-name' });
  }

  answer(question: Question): Answer {
    const program = this.#compiled(question);
    if (typeof program === 'string') return { compileError: program, error: null, value: null, cost: 0 };
    const activation = new Activation(program.environment);
    for (const name of variables) activation.set(name, null);
    activation.set('object', question.object);
    activation.set('authorizer', this.#authorizer);
    activation.set('authorizer.requestResource', this.#requestResource);
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
