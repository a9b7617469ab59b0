import type { Environment } from '../environment/environment.ts';
import { Scope } from '../environment/scope.ts';
import { closures } from '../evaluate/compiler.ts';
import { constantOf } from '../evaluate/constant.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import type { Expr } from '../syntax/ast.ts';
import { resumeEffort, spentEffort } from '../values/effort.ts';
import type { Value } from '../values/value.ts';
import { type Path, Paths } from './paths.ts';
import { BAIL, Constants, type Operand, Writer, operandOf } from './writer.ts';

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

/** Variables whose code is longer are computed by their own programs. */
const LONGEST_VARIABLE = 4_000;

/** What the functions of one program share. */
export class Program {
  readonly environment: Environment;
  readonly emit: Emit;
  readonly constants = new Constants();
  readonly functions: string[] = [];
  readonly paths: Paths;
  readonly variables = new Map<number, string>();
  /** True where anything is called that may throw, or that counts effort; told by the first time. */
  readonly isTried: boolean;
  /** How often what has an effect was written: calls, and the reading of composed variables. */
  effects = 0;

  constructor(environment: Environment, emit: Emit, first: Program | null) {
    this.environment = environment;
    this.emit = emit;
    this.paths = new Paths(first?.paths.counts ?? new Map());
    this.isTried = first !== null && first.calls > 0;
  }

  calls = 0;
}

/** A name that the expression binds to a value: its cost is charged where it is first read. */
interface Bound {
  readonly value: Operand;
  readonly cost: string;
}

/** What is written so far of one function. */
export class Generator {
  readonly program: Program;
  readonly writer: Writer;
  /** How many loops are around. */
  depth = 0;
  readonly #locals = new Map<number, Path>();
  readonly #bound = new Map<number, Bound>();

  constructor(program: Program) {
    this.program = program;
    this.writer = new Writer(program.constants);
  }

  get paths(): Paths {
    return this.program.paths;
  }

  /** Writes a sub-expression; its value is in a temporary, a constant or a literal. */
  value(expr: Expr, scope: Scope): Operand {
    const constant = constantOf(expr, scope);
    return constant === undefined ? this.program.emit.value(expr, scope, this) : operandOf(constant, this.writer);
  }

  /** Writes a condition: `to` is next where it is `want`, the next line where it is not. */
  jump(expr: Expr, scope: Scope, want: boolean, to: string): void {
    const isConstant = constantOf(expr, scope) !== undefined;
    if (isConstant || !this.program.emit.jump(expr, scope, this, want, to))
      this.test(this.value(expr, scope), want, to);
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

  /** Ends the run where it has spent more than it may. */
  limit(): void {
    this.writer.branch(`if(n>L)${BAIL}`);
  }

  /** Evaluates a sub-expression by closures. */
  byClosure(expr: Expr, scope: Scope): Operand {
    const { writer, program } = this;
    program.calls += 1;
    program.effects += 1;
    for (const [slot, { text }] of this.#locals) writer.line(`V[${slot}]=${text};`);
    const target = writer.temp();
    writer.branch(`f.cost=n;${target}=${writer.constant(scope.compile(expr))}(f);n=f.cost;`);
    return { text: target, kind: 'any' };
  }

  /** Calls a function of values; what it gives may be a fault. */
  called(fn: (...args: never[]) => Value | undefined, args: readonly string[]): string {
    this.program.calls += 1;
    this.program.effects += 1;
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
  bind(slot: number, value: Operand, cost: string): void {
    this.#bound.set(slot, { value, cost });
  }

  /** Where the value of a bound name is. */
  bound(slot: number): Operand {
    const bound = this.#bound.get(slot);
    if (bound === undefined) throw new Error('a name that is not bound');
    this.writer.branch(`n+=${bound.cost};${bound.cost}=0;`);
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
    const { writer, program } = this;
    program.effects += 1;
    const target = writer.temp();
    const variable = this.#variable(index, compute);
    const computed = `${target}=${variable}(f);`;
    const counted = program.isTried ? `x=${this.#effort.spent}();${computed}e+=${this.#effort.spent}()-x;` : computed;
    writer.branch(`if((${target}=C[${index}])===undefined){if(n>L)${BAIL}${counted}}`);
    const tree = program.environment.composed?.treeAt(index);
    const constant = tree === undefined ? undefined : constantOf(tree.ast.expr, this.#scopeOf(index));
    return { text: target, kind: 'any', constant };
  }

  #scopeOf(index: number): Scope {
    const { environment } = this.program;
    const tree = environment.composed?.treeAt(index);
    return new Scope(
      closures,
      environment,
      tree?.ast.source ?? '',
      [],
      tree?.overloads ?? new Map(),
      undefined,
      undefined,
      index,
    );
  }

  /** The function that computes a composed variable; it keeps it. */
  #variable(index: number, compute: Evaluate): string {
    const { variables, functions, constants, environment } = this.program;
    const known = variables.get(index);
    if (known !== undefined) return known;
    const closure = constants.nameOf(compute);
    const tree = environment.composed?.treeAt(index);
    if (tree === undefined) return closure;
    const inner = new Generator(this.program);
    const result = inner.known(inner.value(tree.ast.expr, this.#scopeOf(index)));
    const text = inner.finish('0', `f.composedCost+=n;return C[${index}]=${result.text};`, closure);
    const name = text.length > LONGEST_VARIABLE ? closure : `g${functions.push(text) - 1}`;
    variables.set(index, name);
    return name;
  }

  get #effort(): { readonly spent: string; readonly resume: string } {
    const { constants } = this.program;
    return { spent: constants.nameOf(spentEffort), resume: constants.nameOf(resumeEffort) };
  }

  /** The whole function. */
  finish(start: string, end: string, whole: string): string {
    return this.writer.finish(start, end, whole, this.program.isTried ? this.#effort : null);
  }
}

/** Closures that are made when they are first asked. */
export function byClosureLater(expr: Expr, scope: Scope): Evaluate {
  let evaluate: Evaluate | null = null;
  return (frame) => {
    evaluate ??= scope.compile(expr);
    return evaluate(frame);
  };
}
