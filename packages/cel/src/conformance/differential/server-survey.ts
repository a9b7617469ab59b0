import type { Value } from '../../values/value.ts';
import { Authorizer } from '../../values/authorizer.ts';
import { isMap } from '../../values/equality.ts';
import { BrokeOff, type PolicyServer, type Probe, type Sample, type Validation } from '../policy-server.ts';
import { type Difference, shown } from './compare.ts';
import { reasonFor } from './known-differences.ts';
import { type Answer, OurAnswers, type Question } from './our-answers.ts';
import { NoCheck, valueCheck } from './value-check.ts';

/** Policies that are in force at once: each round waits about a second for them. */
const ROUND = 24;
const AT_ONCE = 8;
/** In a policy that is to be refused. */
const REFUSED_AT_ONCE = 200;
const ALONE_AT_ONCE = 8;
/** What a policy may cost is 10,000,000 (apiserver pkg/apis/cel/config.go); the checks are counted by their length. */
const COST_AT_ONCE = 4_000_000;
const ITEMS_AT_ONCE = 120;
/** Of the 4,096 characters that all warnings of one answer may have. */
const WORDS_AT_ONCE = 3_600;
const WORDS_AROUND = 190;
/** How often that is asked which depends on the order of Go's maps. */
const ORDERS = 30;

/** What a comparison with a real API server came to. */
export interface ServerSurvey {
  readonly pairs: number;
  readonly expressions: number;
  /** Pairs of which both give a value, an error, or that neither compiles; those that differ are in none. */
  readonly values: number;
  readonly errors: number;
  readonly refused: number;
  /** Errors that have other words than ours. */
  readonly otherWords: readonly OtherWords[];
  /** Expressions that make something panic in the server, which then gives no answer. */
  readonly panics: readonly string[];
  readonly panicked: number;
  /** Pairs that cannot be asked, by reason. */
  readonly unasked: ReadonlyMap<string, number>;
  /** Differences by the reason that is listed for them. */
  readonly known: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/** An error in our words and in the server's. */
export interface OtherWords {
  readonly expression: string;
  readonly ours: string;
  readonly theirs: string;
}

interface Pair {
  readonly question: Question;
  readonly sample: Sample;
  readonly ours: Answer;
  /** How long the expression is that is true where the server's value is ours. */
  readonly checkLength: number;
}

/** What the server says to a pair: its error, its value in words, that it refuses it, that it agrees, or that something in it panics. */
type Said =
  | 'agrees'
  | 'other'
  | 'panics'
  | { readonly error: string }
  | { readonly value: string }
  | { readonly refusal: string };

/** The user of every question is in system:masters, who may everything; nobody else may anything. */
const masters = new Authorizer(({ serviceAccount }) => ({
  allowed: serviceAccount === null,
  reason: '',
  error: null,
}));

/** Asks a server and us, in the environment in which that server takes new policies. */
export async function serverSurvey(server: PolicyServer, questions: readonly Question[]): Promise<ServerSurvey> {
  const { minor } = await server.version();
  const tally = new Tally();
  const samples = new Map<Value, Sample>();
  const answers = new OurAnswers(masters);
  const pairs: Pair[] = [];
  for (const asked of questions) {
    const reason = unaskable(asked, minor);
    if (reason !== null) {
      tally.leave(reason);
      continue;
    }
    let sample = samples.get(asked.object);
    if (sample === undefined) {
      sample = isMap(asked.object) ? await server.keep(asked.object) : await server.keepNull();
      samples.set(asked.object, sample);
    }
    const question: Question = { ...asked, object: sample.object, version: minor, mode: 'new' };
    const ours = answers.answer(question);
    const checkLength = lengthOfCheck(ours);
    if (checkLength instanceof NoCheck) tally.leave(checkLength.message);
    else pairs.push({ question, sample, ours, checkLength });
  }
  await askRefused(
    server,
    pairs.filter(({ ours }) => ours.compileError !== null),
    tally,
  );
  const batches = batchesOf(pairs.filter(({ ours }) => ours.compileError === null));
  for (let at = 0; at < batches.length; at += ROUND) await askRound(server, batches.slice(at, at + ROUND), tally);
  return tally.survey(pairs);
}

/** Counts what comes. */
class Tally {
  #values = 0;
  #errors = 0;
  #refused = 0;
  readonly #otherWords: OtherWords[] = [];
  #panicked = 0;
  readonly #panics = new Set<string>();
  readonly #unasked = new Map<string, number>();
  readonly #known = new Map<string, number>();
  readonly #differences: Difference[] = [];

  leave(reason: string): void {
    this.#unasked.set(reason, (this.#unasked.get(reason) ?? 0) + 1);
  }

  /** Takes what the server says. */
  take({ question, ours }: Pair, said: Said): void {
    if (said === 'panics') {
      this.#panicked += 1;
      this.#panics.add(question.expression);
    } else if (said === 'agrees') this.#values += 1;
    else if (ours.compileError !== null && typeof said === 'object' && 'refusal' in said) this.#refused += 1;
    else if (ours.error !== null && typeof said === 'object' && 'error' in said) {
      this.#errors += 1;
      if (!sameWords(ours.error, said.error))
        this.#otherWords.push({ expression: question.expression, ours: ours.error, theirs: said.error });
    } else this.#differ(question, ours, said);
  }

  #differ(question: Question, ours: Answer, said: Said): void {
    const refusal = typeof said === 'object' && 'refusal' in said;
    const kind = ours.compileError !== null || refusal ? 'compiles' : 'value';
    const difference: Difference = { question, kind, ours: shown(ours), theirs: inWords(said) };
    const reason = reasonFor(difference);
    if (reason === undefined) this.#differences.push(difference);
    else this.#known.set(reason, (this.#known.get(reason) ?? 0) + 1);
  }

  survey(pairs: readonly Pair[]): ServerSurvey {
    return {
      pairs: pairs.length,
      expressions: new Set(pairs.map(({ question }) => question.expression)).size,
      values: this.#values,
      errors: this.#errors,
      refused: this.#refused,
      otherWords: this.#otherWords,
      panics: [...this.#panics],
      panicked: this.#panicked,
      unasked: this.#unasked,
      known: this.#known,
      differences: this.#differences,
    };
  }
}

/** The server cuts long warnings. */
function sameWords(ours: string, theirs: string): boolean {
  return theirs === ours || (theirs.length > 40 && ours.startsWith(theirs));
}

function inWords(said: Said): string {
  if (typeof said === 'string') return said === 'agrees' ? 'the same' : 'another value, or none';
  if ('error' in said) return `error: ${said.error}`;
  return 'value' in said ? said.value : `does not compile: ${said.refusal}`;
}

/** Why a question cannot be asked of an API server of that version; null where it can. */
function unaskable({ mutation, version, mode, object, expression }: Question, minor: string): string | null {
  if (mutation === true) return 'what mutations have besides: no validating policy takes it';
  if (version !== undefined && (version !== minor || mode !== 'new'))
    return 'environments of other versions, and of what is stored';
  if (object !== null && !isMap(object)) return 'an object that is no map';
  return expression.isWellFormed() ? null : 'an expression that is no Unicode';
}

function lengthOfCheck({ value }: Answer): number | NoCheck {
  try {
    return value === null ? 0 : valueCheck('dyn(variables.v0)', value).length;
  } catch (error) {
    if (error instanceof NoCheck) return error;
    throw error;
  }
}

async function askRefused(server: PolicyServer, pairs: readonly Pair[], tally: Tally): Promise<void> {
  // What does not compile does so on every object.
  const asked = [...groups(pairs, ({ question }) => question.composed ?? noVariables).values()].map((those) => [
    ...groups(those, ({ question }) => question.expression).values(),
  ]);
  const ask = async (some: readonly (readonly Pair[])[]): Promise<void> => {
    const firsts = some.flatMap(([pair]) => pair ?? []);
    const refusals = await server.refusals(probeOf(firsts, () => []));
    const before = firsts[0]?.question.composed?.length ?? 0;
    for (const [i, alike] of some.entries()) {
      const refusal = refusals.get(before + i);
      for (const pair of alike) tally.take(pair, refusal === undefined ? 'other' : { refusal });
    }
  };
  const breaks = (alike: readonly Pair[]): void => {
    for (const pair of alike) tally.take(pair, 'panics');
  };
  await inParallel(chunks(asked, REFUSED_AT_ONCE), async (batch) => unlessItBreaks(batch, ask, breaks));
}

/** Asks a batch, and where the server breaks off its halves, down to the one that it cannot bear. */
async function unlessItBreaks<T>(
  batch: readonly T[],
  ask: (some: readonly T[]) => Promise<void>,
  breaks: (one: T) => void,
): Promise<void> {
  try {
    await ask(batch);
  } catch (error) {
    if (!(error instanceof BrokeOff)) throw error;
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) breaks(first);
    else for (const half of halves(batch)) await unlessItBreaks(half, ask, breaks);
  }
}

function halves<T>(items: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

/** Pairs that one policy can ask: of one sample, with the same composed variables. */
function batchesOf(pairs: readonly Pair[]): readonly (readonly Pair[])[] {
  const bySample = groups(pairs, ({ sample }) => sample);
  const alike = [...bySample.values()].flatMap((those) => [
    ...groups(those, ({ question }) => question.composed ?? noVariables).values(),
  ]);
  return alike.flatMap((those) => {
    const batches: Pair[][] = [];
    let [cost, words] = [Number.POSITIVE_INFINITY, 0];
    for (const pair of those) {
      const itsCost = pair.ours.cost + pair.checkLength;
      const itsWords = pair.ours.error === null ? 0 : pair.ours.error.length + WORDS_AROUND;
      const last = batches.at(-1) ?? [];
      if (cost + itsCost > COST_AT_ONCE || words + itsWords > WORDS_AT_ONCE || last.length >= ITEMS_AT_ONCE) {
        batches.push([pair]);
        [cost, words] = [itsCost, itsWords];
      } else {
        last.push(pair);
        [cost, words] = [cost + itsCost, words + itsWords];
      }
    }
    return batches;
  });
}

const noVariables: readonly never[] = [];

/** Asks batches that are in force together, and what differs once more, with what the server says in words. */
async function askRound(server: PolicyServer, batches: readonly (readonly Pair[])[], tally: Tally): Promise<void> {
  const doubtful = (await askAll(server, batches, tally, checking)).flatMap((batch) => batch);
  const small = chunks(
    [...groups(doubtful, ({ sample }) => sample).values()].flatMap((those) => [
      ...groups(those, ({ question }) => question.composed ?? noVariables).values(),
    ]),
    ALONE_AT_ONCE,
  );
  await askAll(server, small, tally, telling);
}

type Way = (server: PolicyServer, policy: string, batch: readonly Pair[], tally: Tally) => Promise<readonly Pair[]>;

/** Makes a policy of each batch, asks all in a way, and takes them away; gives what came to no end. */
async function askAll(
  server: PolicyServer,
  batches: readonly (readonly Pair[])[],
  tally: Tally,
  way: Way,
): Promise<readonly (readonly Pair[])[]> {
  const installed = (await inParallel(batches, async (batch) => install(server, batch, way === telling, tally))).flat();
  const broken: (readonly Pair[])[] = [];
  const open = await inParallel(installed, async ({ policy, batch }) => {
    try {
      return await way(server, policy, batch, tally);
    } catch (error) {
      if (!(error instanceof BrokeOff)) throw error;
      broken.push(batch);
      return [];
    }
  });
  await inParallel(installed, async ({ policy }) => server.remove(policy));
  for (const batch of broken) if (batch.length === 1) for (const pair of batch) tally.take(pair, 'panics');
  const parts = broken.filter(({ length }) => length > 1).flatMap(halves);
  return parts.length === 0 ? open : [...open, ...(await askAll(server, parts, tally, way))];
}

/** The first way: a validation for each pair, true where it has our value. What differs comes to no end. */
const checking: Way = async (server, policy, batch, tally) => {
  const [first] = batch;
  if (first === undefined) return [];
  const warnings = await server.warnings(policy, first.sample);
  // Cut: more errors than we thought.
  if (warnings === null) return batch;
  const said = batch.map((_, i) => warnings.filter((text) => indexOf(text) === i));
  return batch.filter((pair, i) => {
    const [text] = said[i] ?? [];
    const error = text === undefined ? undefined : errorIn(text);
    if (pair.ours.error === null ? text !== undefined : error === undefined) return true;
    tally.take(pair, error === undefined ? 'agrees' : { error });
    return false;
  });
};

/** The second way: as often as the order of Go's maps may need, and then with the server's own words. */
const telling: Way = async (server, policy, batch, tally) => {
  let open = [...batch.entries()];
  const [first] = batch;
  if (first === undefined) return [];
  for (let i = 0; i < ORDERS && open.length > 0; i += 1) {
    const warnings = (await server.warnings(policy, first.sample)) ?? [];
    const last = i === ORDERS - 1 || !open.some(([, pair]) => isUnordered(pair));
    open = open.filter(([index, pair]) => {
      const own = warnings.filter((text) => indexOf(text) === index);
      const error = own.map(errorIn).find((text) => text !== undefined);
      const agrees =
        pair.ours.error === null
          ? !own.some((text) => text.startsWith(`#${index}:`)) && error === undefined
          : error !== undefined;
      if (!agrees && !last) return true;
      if (error !== undefined) tally.take(pair, { error });
      else
        tally.take(
          pair,
          agrees ? 'agrees' : { value: own.find((text) => text.startsWith(`=${index}:`)) ?? own.join('; ') },
        );
      return false;
    });
    if (last) break;
  }
  return [];
};

function isUnordered({ question }: Pair): boolean {
  return /\w\(\w+, /.test(question.expression);
}

/** Which pair a warning is about: what it says begins with its number, or with the expression that has it. */
function indexOf(text: string): number {
  return Number(/^[#=](\d+):/.exec(text)?.[1] ?? /variables\.v(\d+)/.exec(text)?.[1] ?? -1);
}

function errorIn(text: string): string | undefined {
  return /resulted in error: (?:composited variable "v\d+" fails to evaluate: )?(.*)$/s.exec(text)?.[1];
}

interface Installed {
  readonly policy: string;
  readonly batch: readonly Pair[];
}

/** Makes the policy of a batch, without what the server refuses; more than one where it breaks off. */
async function install(
  server: PolicyServer,
  batch: readonly Pair[],
  tells: boolean,
  tally: Tally,
): Promise<readonly Installed[]> {
  const installed: Installed[] = [];
  const ask = async (some: readonly Pair[]): Promise<void> => {
    const made = await server.install(probeOf(some, tells ? tellingValidations : checkingValidations));
    if (typeof made === 'string') {
      installed.push({ policy: made, batch: some });
      return;
    }
    const before = some[0]?.question.composed?.length ?? 0;
    for (const [i, pair] of some.entries()) {
      const refusal = made.get(before + i);
      if (refusal !== undefined) tally.take(pair, { refusal });
    }
    const rest = some.filter((_, i) => !made.has(before + i));
    if (rest.length > 0) await ask(rest);
  };
  await unlessItBreaks(batch, ask, (pair) => tally.take(pair, 'panics'));
  return installed;
}

function probeOf(batch: readonly Pair[], validations: (pair: Pair, index: number) => readonly Validation[]): Probe {
  const variables = batch.map(({ question }, i) => ({ name: `v${i}`, expression: question.expression }));
  return {
    variables: [...(batch[0]?.question.composed ?? []), ...variables],
    validations: batch.flatMap(validations),
  };
}

/** An error stays one in a list; a list is not shorter than nothing. */
function checkingValidations({ ours }: Pair, index: number): readonly Validation[] {
  const variable = `variables.v${index}`;
  const expression = ours.value === null ? `[${variable}].size() < 0` : valueCheck(`dyn(${variable})`, ours.value);
  return [{ expression, message: `#${index}: another value` }];
}

function tellingValidations(pair: Pair, index: number): readonly Validation[] {
  const value = `dyn(variables.v${index})`;
  const messageExpression = `'=${index}: %s %s'.format([type(${value}), ${value}])`;
  return [
    ...checkingValidations(pair, index),
    { expression: `[${value}].size() < 0`, message: `=${index}: of a type that has no text`, messageExpression },
  ];
}

function groups<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  return Map.groupBy(items, keyOf);
}

function chunks<T>(lists: readonly (readonly T[])[], size: number): readonly (readonly T[])[] {
  return lists.flatMap((list) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size)),
  );
}

/** Some at a time; the results in the order of the items. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
