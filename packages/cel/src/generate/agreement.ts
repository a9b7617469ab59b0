import { inspect, isDeepStrictEqual } from 'node:util';
import type { Environment } from '../environment/environment.ts';
import type { Mode } from '../evaluate/runner.ts';
import { Activation, Composer, type Program, compile } from '../program.ts';
import { CompileError } from '../syntax/compile-error.ts';
import { parse } from '../syntax/parser.ts';
import { spentEffort } from '../values/effort.ts';
import type { Value } from '../values/value.ts';
import { Conjunction } from './conjunction.ts';
import { generated } from './modes.ts';

/** What a run gives: its value, or fault with place; what it and its composed variables cost; and their effort. */
interface Outcome {
  readonly value: Value;
  readonly cost: number;
  readonly effort: number;
  readonly thrown: string | null;
}

/** No expression of a test has to cost more. */
const HIGHEST = 20_000;

/** How many limits are tried of one expression: all where it costs no more, else evenly spread ones. */
const LIMITS = 12;

/** An expression compiled both ways; null where it does not compile. */
export function bothWays(source: string, environment: Environment, check = true): readonly [Program, Program] | null {
  try {
    const ast = parse(source);
    return [compile(ast, environment, { check }), compile(ast, environment, { mode: generated, check })];
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

/** An expression and the composed variables that it reads, compiled both ways. @throws {CompileError} */
export function bothWaysWith(
  source: string,
  variables: readonly (readonly [name: string, source: string])[],
  environment: Environment,
): readonly [Program, Program] {
  const compiled = (mode?: Mode): Program => {
    const composer = new Composer(environment, 'variables', mode);
    for (const [name, text] of variables) composer.add(name, text);
    return compile(parse(source), composer.environment, { mode });
  };
  return [compiled(), compiled(generated)];
}

/**
 * The first way in which generated code differs from closures on these values: in its value or fault, in its cost, or
 * at some cost limit; null where it does not.
 */
export function disagreement(
  [closures, writtenOut]: readonly [Program, Program],
  bindings: () => Readonly<Record<string, Value>>,
): string | null {
  const full = outcome(closures, bindings(), HIGHEST);
  for (const limit of [HIGHEST, ...limitsBelow(full.cost)]) {
    // Each gets values of its own: an unknown keeps the first place that reads it.
    const [expected, found] = [outcome(closures, bindings(), limit), outcome(writtenOut, bindings(), limit)];
    if (!isDeepStrictEqual(found, expected))
      return `${closures.source} at limit ${limit}: ${shown(found)} instead of ${shown(expected)}`;
  }
  return null;
}

/** Expressions about the same composed variables, each a program of its own, and all as one function. @throws {CompileError} */
export function together(
  sources: readonly string[],
  variables: readonly (readonly [name: string, source: string])[],
  base: Environment,
): readonly [programs: readonly Program[], all: Conjunction] {
  const composer = new Composer(base, 'variables');
  for (const [name, text] of variables) composer.add(name, text);
  const programs = sources.map((source) => compile(parse(source), composer.environment));
  return [programs, new Conjunction(programs, { after: 0 })];
}

/**
 * The first cost limit at which all together tell what the programs, one after the other, do not; null where there is
 * none. `told` is called with what they tell where nothing limits them.
 */
export function untrue(
  [programs, all]: readonly [readonly Program[], Conjunction],
  bindings: () => Readonly<Record<string, Value>>,
  told: (holds: boolean | null) => void = () => {},
): string | null {
  const [expected, cost] = oneByOne(programs, bindings());
  for (const limit of [HIGHEST, ...limitsBelow(cost)]) {
    const [first] = programs;
    if (first === undefined) return 'no programs';
    const activation = new Activation(first.environment, bindings());
    const found = all.holds(activation, limit);
    if (limit === HIGHEST) told(found);
    if (found !== null && (found !== expected || cost > limit))
      return `at limit ${limit}: ${found} instead of ${expected}, for ${cost}`;
  }
  return null;
}

/** True where all give true, false at the first that gives false, null at any other one; and what it cost so far. */
function oneByOne(
  programs: readonly Program[],
  bindings: Readonly<Record<string, Value>>,
): readonly [boolean | null, number] {
  let activation: Activation | null = null;
  let cost = 0;
  for (const program of programs) {
    activation ??= new Activation(program.environment, bindings);
    const value = program.run(activation, HIGHEST);
    cost += activation.cost;
    if (value !== true) return [value === false ? false : null, cost];
  }
  return [true, cost];
}

/** The first expression on which closures and generated code differ, of those that compile; `asked` is how many do. */
export function firstDifference(
  sources: Iterable<string>,
  environment: Environment,
  values: readonly (() => Readonly<Record<string, Value>>)[],
  check = true,
): { readonly asked: number; readonly difference: string | null } {
  let asked = 0;
  for (const source of sources) {
    const both = bothWays(source, environment, check);
    if (both === null) continue;
    asked += 1;
    for (const bindings of values) {
      const difference = disagreement(both, bindings);
      if (difference !== null) return { asked, difference };
    }
  }
  return { asked, difference: null };
}

function limitsBelow(cost: number): readonly number[] {
  const most = Math.min(cost + 1, 1_000);
  const stride = Math.max(1, Math.floor(most / LIMITS));
  return Array.from({ length: Math.ceil(most / stride) }, (_, i) => i * stride);
}

function outcome(program: Program, bindings: Readonly<Record<string, Value>>, limit: number): Outcome {
  const activation = new Activation(program.environment, bindings);
  try {
    const value = program.run(activation, limit);
    return { value, cost: activation.cost, effort: spentEffort(), thrown: null };
  } catch (error) {
    return { value: null, cost: activation.cost, effort: spentEffort(), thrown: String(error) };
  }
}

function shown(outcome: Outcome): string {
  return inspect(outcome, { depth: 6, breakLength: Number.POSITIVE_INFINITY }).slice(0, 1_000);
}
