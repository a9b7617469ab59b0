import { type Checked, check } from './check/check.ts';
import type { Type } from './check/types/type.ts';
import { variableType } from './check/typing.ts';
import type { Position } from './errors.ts';
import { Composition } from './environment/composition.ts';
import type { Environment } from './environment/environment.ts';
import { quotedFieldFaults } from './environment/quoted-fields.ts';
import { Scope } from './environment/scope.ts';
import type { Slots } from './environment/slots.ts';
import { type Tree, TreeReference } from './environment/tree.ts';
import { closures } from './evaluate/compiler.ts';
import type { Evaluate, Frame } from './evaluate/frame.ts';
import { checkCost } from './evaluate/limits.ts';
import { type Mode, Runner } from './evaluate/runner.ts';
import type { Ast } from './syntax/ast.ts';
import { CompileError, type Issue, positionAt } from './syntax/compile-error.ts';
import { parse } from './syntax/parser.ts';
import { abortOf } from './values/abort.ts';
import { beginEffort } from './values/effort.ts';
import { ErrorValue, type Fault } from './values/fault.ts';
import { foreignName } from './values/foreign.ts';
import type { Value } from './values/value.ts';

/** What Kubernetes allows one expression (k8s.io/apiserver pkg/apis/cel/config.go PerCallLimit). */
export const PER_EXPRESSION_LIMIT = 1_000_000;

/** The values that programs of one environment read. Reusable: set, run, set again. */
export class Activation implements Frame {
  readonly values: (Value | undefined)[];
  composed: (Value | undefined)[] = [];
  cost = 0;
  composedCost = 0;
  limit: number = PER_EXPRESSION_LIMIT;
  readonly #environment: Environment;

  constructor(environment: Environment, bindings: Readonly<Record<string, Value>> = {}) {
    this.#environment = environment;
    this.values = environment.variableNames.map(() => undefined);
    for (const [name, value] of Object.entries(bindings)) this.set(name, value);
  }

  /**
   * Gives a variable its value; `undefined` takes it away.
   *
   * @throws {RangeError} for a name the environment lacks
   * @throws {TypeError} for what is no value: an instance of a class, a Date, a Map, an object of another realm
   */
  set(name: string, value: Value | undefined): void {
    const slot = this.#environment.slotOf(name);
    if (slot === undefined) throw new RangeError(`the environment has no variable ${name}`);
    const foreign = foreignName(value);
    if (foreign !== null) throw new TypeError(`${name} is ${foreign}, which is no value: give what JSON.parse gives`);
    this.values[slot] = value;
  }

  /** Forgets computed composed variables: call it between objects and between passes. */
  forgetComposed(): void {
    // Emptied in place: a new array would have to grow again.
    for (let i = 0; i < this.composed.length; i += 1) this.composed[i] = undefined;
  }
}

/** How an expression is compiled. */
export interface CompileOptions {
  /** False leaves types to run time, as cel-go's parse-only mode; names and functions must exist all the same. */
  readonly check?: boolean;
  /** How it runs; by closures where left out. */
  readonly mode?: Mode | undefined;
  /** What is wrong with the type of the value, as the issue's message; null: nothing. Not asked where nothing is checked. */
  readonly typeFault?: ((type: Type) => string | null) | undefined;
}

/** What a run may spend. */
export interface RunOptions extends CompileOptions {
  /** Cost units; {@link PER_EXPRESSION_LIMIT} where left out. */
  readonly costLimit?: number;
}

/** A compiled expression. */
export class Program {
  readonly environment: Environment;
  /** How many composed variables it can read: those that were declared before it. */
  readonly composed: number;
  readonly #reference: TreeReference;
  readonly #runner: Runner;

  constructor(reference: TreeReference, environment: Environment, runner: Runner) {
    this.#reference = reference;
    this.environment = environment;
    this.composed = environment.composed?.size ?? 0;
    this.#runner = runner;
  }

  /** The text that it was compiled from. */
  get source(): string {
    return this.#reference.source;
  }

  /** Its tree, with what the checker chose for its calls: nothing where it was not asked. */
  get tree(): Tree {
    return this.#reference.tree;
  }

  /** Its tree alone. A program keeps none: it is parsed anew where nobody has held it since. */
  get ast(): Ast {
    return this.tree.ast;
  }

  /**
   * The value, or a fault as a value: {@link ErrorValue}, {@link Unknown}. `activation` must be of this program's
   * environment or of the one it was derived from; its `cost` is what this run spent, composed variables included.
   */
  run(activation: Activation, limit: number = PER_EXPRESSION_LIMIT): Value {
    activation.cost = 0;
    activation.composedCost = 0;
    activation.limit = limit;
    beginEffort();
    let value: Value;
    try {
      value = this.#runner.evaluate(activation);
      checkCost(activation);
    } catch (error) {
      const abort = abortOf(error);
      if (abort === null) throw error;
      value = new ErrorValue(abort.message, abort.kind);
    }
    activation.cost += activation.composedCost;
    return value;
  }

  /**
   * Where a fault comes from, as line and column of the source, or of that of the composed variable in which it came
   * about, which is named then; null where it has no place.
   */
  positionOf({ offset, variable }: Fault): Position | null {
    if (offset === -1) return null;
    if (variable === null) return positionAt(this.source, offset);
    return { ...positionAt(this.environment.composed?.sourceOf(variable) ?? '', offset), variable };
  }
}

/**
 * Checks and compiles a parsed expression.
 * @throws {CompileError} with everything that does not check.
 */
export function compile(ast: Ast, environment: Environment, options: CompileOptions = {}): Program {
  if (options.check === false) return compileUnchecked(ast, environment, options);
  const { outputType, overloads } = checked(ast, environment);
  const fault = options.typeFault?.(outputType) ?? null;
  if (fault !== null)
    throw new CompileError(ast.source, [{ message: fault, position: { offset: 0, line: 1, column: 1 } }]);
  return programOf({ ast, overloads }, environment, options.mode);
}

/**
 * Compiles a parsed expression and leaves types to run time: {@link compile} without its check, and without the checker
 * in the bundle of an application that calls nothing else.
 * @throws {CompileError} for names and functions that the environment lacks.
 */
export function compileUnchecked(
  ast: Ast,
  environment: Environment,
  { mode }: { readonly mode?: Mode | undefined } = {},
): Program {
  return programOf({ ast, overloads: new Map() }, environment, mode);
}

function programOf(tree: Tree, environment: Environment, mode: Mode | undefined): Program {
  const reference = new TreeReference(tree);
  return new Program(reference, environment, runnerOf(tree, reference, environment, environment.newSlots(), mode));
}

function runnerOf(
  tree: Tree,
  reference: TreeReference,
  environment: Environment,
  slots: Slots,
  mode: Mode | undefined,
): Runner {
  const closure = compileToClosure(tree, environment, slots);
  return mode === undefined ? new Runner(closure) : mode(closure, { tree, reference, environment, slots });
}

/** @throws {CompileError} with what does not check. */
function checked(ast: Ast, environment: Environment): Checked {
  const found = check(ast, environment);
  if (found.issues.length > 0) throw new CompileError(ast.source, found.issues);
  return found;
}

function compileToClosure({ ast, overloads }: Tree, environment: Environment, slots: Slots): Evaluate {
  const issues: Issue[] = [...quotedFieldFaults(ast, environment)];
  const { source, expr } = ast;
  const evaluate = new Scope({ compiler: closures, environment, source, issues, overloads, slots }).compile(expr);
  if (issues.length > 0) throw new CompileError(ast.source, issues);
  return evaluate;
}

/** An environment under construction in which composed variables are declared one after another. */
export class Composer {
  readonly environment: Environment;
  readonly #composition: Composition;
  readonly #mode: Mode | undefined;

  constructor(base: Environment, root: string, mode?: Mode) {
    this.#mode = mode;
    this.#composition = new Composition(root, base.variableNames.length);
    this.environment = base.withComposition(this.#composition);
  }

  /** Declares the next variable. @throws {CompileError} */
  add(name: string, source: string): void {
    const ast = parse(source);
    const { outputType, overloads } = checked(ast, this.environment);
    const tree = { ast, overloads };
    const reference = new TreeReference(tree);
    const runner = runnerOf(tree, reference, this.environment, this.#composition.slots, this.#mode);
    this.#composition.add(name, runner, reference, variableType(outputType));
  }
}

/**
 * One expression, once: `evaluate('a + 1', {a: 2}, kubernetes('1.36', 'stored'))`. An environment with composed
 * variables has its own variables alone; any other gets those of `bindings` that it lacks.
 * @throws {CompileError}
 * @throws {RangeError} for a binding that an environment with composed variables lacks.
 */
export function evaluate(
  source: string,
  bindings: Readonly<Record<string, Value>>,
  environment: Environment,
  options: RunOptions = {},
): Value {
  const own =
    environment.composed === null
      ? environment.withVariables([...new Set([...environment.variableNames, ...Object.keys(bindings)])])
      : environment;
  return compile(parse(source), own, options).run(new Activation(own, bindings), options.costLimit);
}
