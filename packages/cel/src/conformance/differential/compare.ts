import { inspect, isDeepStrictEqual } from 'node:util';
import type { Oracle } from '@plimsoll/testcluster';
import { PER_EXPRESSION_LIMIT } from '../../program.ts';
import { Authorizer } from '../../values/authorizer.ts';
import { type Encoded, canonical } from './encode.ts';
import { type Answer, OurAnswers, type Question } from './our-answers.ts';

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

/** How often that is tried. */
const ORDERS = 30;

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

/** Compares answers one after another. */
export class Comparer {
  readonly #oracle: Oracle;
  readonly #ours = new OurAnswers(readersOnly);

  constructor(oracle: Oracle) {
    this.#oracle = oracle;
  }

  /** Everything in which the two do not agree, and how many questions neither compiles. */
  async compare(questions: readonly Question[]): Promise<Comparison> {
    const theirs = await Promise.all(questions.map((question) => this.#ask(question)));
    const found: Difference[] = [];
    let refused = 0;
    for (const [i, question] of questions.entries()) {
      const ours = this.#ours.answer(question);
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

/** An answer in words. */
export function shown({ compileError, error, value }: Answer): string {
  if (compileError !== null) return `does not compile: ${compileError}`;
  return error === null ? inspect(value, { depth: null, breakLength: Number.POSITIVE_INFINITY }) : `error: ${error}`;
}
