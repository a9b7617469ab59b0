import type { Environment } from '../environment/environment.ts';
import { Scope } from '../environment/scope.ts';
import { closures } from '../evaluate/compiler.ts';
import { constantOf } from '../evaluate/constant.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import type { Expr } from '../syntax/ast.ts';
import { resumeEffort, spentEffort } from '../values/effort.ts';
import type { Value } from '../values/value.ts';
import { isCheap } from './cheap.ts';
import { type Path, Paths } from './paths.ts';
import { type Step, refuseOdd } from './step.ts';
import { GeneratedVariable, computed, variablesOf } from './variable.ts';
import { BAIL, Constants, type Costs, type Operand, Writer, factoryText, operandOf } from './writer.ts';

/** How expressions are written. */
interface Emit {
  /** Writes an expression that is no constant; gives where its value is. */
  readonly value: (expr: Expr, scope: Scope, generator: Generator) => Operand;
  /**
   * Writes a condition: the statement `to` is next where it is `want`, the next line where it is not. False where it is
   * none that is written so.
   */
  readonly jump: (expr: Expr, scope: Scope, generator: Generator, want: boolean, to: string) => boolean;
}

/** A name that the expression binds to a value: its cost is charged where it is first read. */
interface Bound {
  readonly value: Operand;
  /** Null where a bound has it already. */
  readonly cost: string | null;
}

/** What is written so far of one function. */
export class Generator {
  readonly writer: Writer;
  readonly paths: Paths;
  /** How many loops are around. */
  depth = 0;
  /** How often what may throw, or counts effort, was called. */
  calls = 0;
  /** How often what has an effect was written: calls, and the reading of composed variables. */
  effects = 0;
  /** True where the frame has costs that `n` has not. */
  readsFrame = false;
  /** Characters of the variables that it reads. */
  length = 0;
  readonly #emit: Emit;
  readonly #environment: Environment;
  readonly #isTried: boolean;
  readonly #locals = new Map<number, Path>();
  readonly #bound = new Map<number, Bound>();
  /** Composed variables that are computed before the conditions that read them. */
  readonly #beforehand = new Map<number, Operand>();

  /** `first` has written the same before. */
  constructor(environment: Environment, emit: Emit, costs: Costs, first: Generator | null) {
    this.writer = new Writer(new Constants(), costs);
    this.#environment = environment;
    this.#emit = emit;
    this.paths = new Paths(first?.paths.counts ?? new Map());
    this.#isTried = first !== null && first.calls > 0;
  }

  /** Writes a sub-expression; its value is in a temporary, a constant or a literal. */
  value(expr: Expr, scope: Scope): Operand {
    const constant = constantOf(expr, scope);
    return constant === undefined ? this.#emit.value(expr, scope, this) : operandOf(constant, this.writer);
  }

  /** Writes a condition: `to` is next where it is `want`, the next line where it is not. */
  jump(expr: Expr, scope: Scope, want: boolean, to: string): void {
    const isConstant = constantOf(expr, scope) !== undefined;
    if (isConstant || !this.#emit.jump(expr, scope, this, want, to)) this.test(this.value(expr, scope), want, to);
  }

  /** The same of a value. */
  test({ text, kind }: Operand, want: boolean, to: string): void {
    this.writer.branch(kind === 'bool' ? `if(${want ? '' : '!'}${text})${to}` : `if(${text}===${want})${to}`);
    if (kind !== 'bool') this.writer.line(`if(${text}!==${!want})${BAIL}`);
  }

  /** The operand, of which it is known that it is no fault. */
  known(operand: Operand): Operand {
    if (operand.kind !== 'any') return operand;
    this.writer.line(`if(${operand.text} instanceof F)${BAIL}`);
    return { ...operand, kind: 'value' };
  }

  /**
   * The statement that gives up where a value without a field answers for it all the same, or not at all; '' where that
   * was asked before. `field` is the one that it lacks, `always` says that the next line is not come to without it.
   */
  refuseOdd({ text, path }: Pick<Operand, 'text' | 'path'>, field: Step, always: boolean): string {
    return this.writer.isPlain(text, always) || this.paths.isPlain(path ?? null, field) ? '' : refuseOdd(text);
  }

  /** Gives up where the run has spent more than it may: the closures say where it ends. */
  limit(): void {
    this.writer.branch(`if(n>L)${BAIL}`);
  }

  /** Evaluates a sub-expression by closures. */
  byClosure(expr: Expr, scope: Scope): Operand {
    const { writer } = this;
    this.calls += 1;
    this.effects += 1;
    this.readsFrame = true;
    for (const [slot, { text }] of this.#locals) writer.line(`V[${slot}]=${text};`);
    const target = writer.temp();
    writer.branch(`f.cost=n;${target}=${writer.constant(scope.compile(expr))}(f);n=f.cost;`);
    return { text: target, kind: 'any' };
  }

  /** Calls a function of values; what it gives may be a fault. */
  called(fn: (...args: never[]) => Value | undefined, args: readonly string[]): string {
    this.calls += 1;
    this.effects += 1;
    return `${this.writer.constant(fn)}(${args.join(',')})`;
  }

  /** Declares a name that is in a temporary while `write` writes; gives the lines that read ahead from it. */
  declare(slots: readonly number[], texts: readonly string[], write: () => void): string {
    const lines: string[] = [];
    const place = { newTemp: () => this.writer.temp(), lines };
    for (const [i, slot] of slots.entries()) this.#locals.set(slot, this.paths.begin(texts[i] ?? '', place));
    write();
    for (const slot of slots) this.#locals.delete(slot);
    return lines.join('');
  }

  /** Binds a name to a value that was computed already, and costs what is in `cost` when it is first read. */
  bind(slot: number, value: Operand, cost: string | null): void {
    this.#bound.set(slot, { value, cost });
  }

  /** Where the value of a bound name is. */
  bound(slot: number): Operand {
    const bound = this.#bound.get(slot);
    if (bound === undefined) throw new Error('a name that is not bound');
    if (bound.cost !== null) this.writer.branch(`n+=${bound.cost};${bound.cost}=0;`);
    return bound.value;
  }

  /** Where the value of a slot is. */
  slot(slot: number): Operand {
    const { writer } = this;
    const path = this.#locals.get(slot);
    if (path !== undefined) return { text: path.text, kind: 'any', path };
    return writer.variable(slot, (text, lines) => this.paths.begin(text, { newTemp: () => writer.temp(), lines }));
  }

  /** Where the value of a composed variable is: computed here where nobody read it yet. */
  composed(index: number, compute: Evaluate): Operand {
    const { writer } = this;
    const scope = composedScope(index, this.#environment);
    const before = writer.costs === 'exact' || scope === null ? null : this.#computedBeforehand(index, scope);
    if (before !== null) {
      if (before.constant === undefined) writer.line(`if(${before.text}===undefined)${BAIL}`);
      return before;
    }
    this.effects += 1;
    this.readsFrame = true;
    const target = writer.temp();
    const variable = scope === null ? null : this.#variable(index, scope);
    this.length += variable?.length ?? 0;
    const whole = writer.constant(compute);
    const value =
      variable === null
        ? `${whole}(f)`
        : `${writer.constant(computed)}(f,${writer.constant(variable)},${index},${whole})`;
    const { spent } = this.#effort;
    const isCounted = this.#isTried && writer.costs === 'exact';
    const counted = isCounted ? `x=${spent}();${target}=${value};e+=${spent}()-x;` : `${target}=${value};`;
    writer.branch(`if((${target}=C[${index}])===undefined){if(n>L)${BAIL}${counted}}`);
    const constant = scope === null ? undefined : constantOf(scope.expr, scope.scope);
    return { text: target, kind: 'any', constant };
  }

  /**
   * Of several conditions, several read a variable, and its code stands once, before the first of them: where that one
   * reads it for certain, or where to compute it is not much more than to ask whether it is computed.
   */
  #computedBeforehand(index: number, { expr, scope }: Condition): Operand | null {
    const known = this.#beforehand.get(index);
    if (known !== undefined) return known;
    const { writer, depth } = this;
    const constant = constantOf(expr, scope);
    if (constant !== undefined) return operandOf(constant, writer);
    if (!writer.isCertain && !isCheap(expr, scope, (inner) => composedScope(inner, this.#environment))) return null;
    const target = writer.temp();
    this.depth = 0;
    const found = writer.beforehand(() => {
      const value = this.known(this.value(expr, scope));
      writer.line(`${target}=${value.text};`);
      return { ...value, text: target };
    });
    this.depth = depth;
    this.#beforehand.set(index, found);
    return found;
  }

  #variable(index: number, { expr, scope }: Condition): GeneratedVariable | null {
    const { composed } = this.#environment;
    if (composed === null) return null;
    const variables = variablesOf.get(composed) ?? new Map<number, GeneratedVariable | null>();
    variablesOf.set(composed, variables);
    const known = variables.get(index);
    if (known !== undefined) return known;
    const { text, constants } = write(expr, scope, this.#environment, this.#emit, {
      start: '0',
      end: (value) => `f.composedCost+=n;return C[i]=${value};`,
      whole: () => '',
    });
    const variable = text.length > LONGEST_VARIABLE ? null : new GeneratedVariable(text, constants);
    variables.set(index, variable);
    return variable;
  }

  get #effort(): { readonly spent: string; readonly resume: string } {
    return { spent: this.writer.constant(spentEffort), resume: this.writer.constant(resumeEffort) };
  }

  /** The whole function of several conditions; `spent` is the bound of what they cost. */
  conditions(conditions: readonly Condition[], spent: string): string {
    for (const { expr, scope } of conditions)
      this.writer.condition(() => this.jump(expr, scope, false, `return ${spent}<=L?false:undefined;`));
    return this.writer.finishConditions(spent, this.#isTried);
  }

  /** The whole function. */
  finish(start: string, end: string, whole: string): string {
    return this.writer.finish(start, end, whole, this.#isTried ? this.#effort : null);
  }
}

/** Variables whose code is longer are computed by their own programs. */
const LONGEST_VARIABLE = 4_000;

/** The expression of a composed variable, and what names mean in it. */
function composedScope(index: number, environment: Environment): Condition | null {
  const { composed } = environment;
  const tree = composed?.treeAt(index);
  if (composed === null || tree === undefined) return null;
  const { ast, overloads } = tree;
  const { slots } = composed;
  const parts = { compiler: closures, environment, source: ast.source, issues: [], overloads, slots };
  return { expr: ast.expr, scope: new Scope({ ...parts, composedBefore: index }) };
}

/** A function as source text, with the constants that the text refers to. */
export interface Generated {
  readonly text: string;
  readonly constants: Constants;
  /** Characters, those of the composed variables that it reads included. */
  readonly length: number;
}

/**
 * How a function begins and ends: the cost to begin with, and the statements that give a value back, and that give up.
 */
interface Ends {
  readonly start: string;
  readonly end: (value: string) => string;
  readonly whole: (constants: Constants) => string;
}

/**
 * Writes the function that evaluates an expression; twice: the first time tells which paths are read more than once.
 */
export function write(expr: Expr, scope: Scope, environment: Environment, emit: Emit, ends: Ends): Generated {
  const first = new Generator(environment, emit, 'exact', null);
  first.value(expr, scope);
  const generator = new Generator(environment, emit, 'exact', first);
  const { constants } = generator.writer;
  const { text } = generator.known(generator.value(expr, scope));
  const main = generator.finish(ends.start, ends.end(text), ends.whole(constants));
  const whole = factoryText(constants, main);
  return { text: whole, constants, length: whole.length + generator.length };
}

/** An expression, and what names mean in it. */
export interface Condition {
  readonly expr: Expr;
  readonly scope: Scope;
}

/**
 * Writes the function that tells of all conditions whether they are true: true where all are, false at the first one
 * that is not, nothing where it gives up. It counts a bound of what they cost.
 */
export function writeConditions(conditions: readonly Condition[], environment: Environment, emit: Emit): Generated {
  const first = new Generator(environment, emit, 'bound', null);
  first.conditions(conditions, 'n');
  const generator = new Generator(environment, emit, 'bound', first);
  const main = generator.conditions(conditions, first.readsFrame ? 'n+f.composedCost' : 'n');
  const { constants } = generator.writer;
  const whole = factoryText(constants, main);
  return { text: whole, constants, length: whole.length + generator.length };
}

/** Closures that are made when they are first asked. */
export function byClosureLater(expr: Expr, scope: Scope): Evaluate {
  let evaluate: Evaluate | null = null;
  return (frame) => {
    evaluate ??= scope.compile(expr);
    return evaluate(frame);
  };
}
