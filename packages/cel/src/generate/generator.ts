import type { Scope, Source } from '../environment/scope.ts';
import { constantOf } from '../evaluate/constant.ts';
import { asFault, worse } from '../evaluate/fault-place.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import { checkCost } from '../evaluate/limits.ts';
import type { Expr } from '../syntax/ast.ts';
import { type Path, type PathCounts, Paths } from './paths.ts';
import { type Constants, type Operand, Writer, fixing, operandOf } from './writer.ts';

/** Writes an expression; gives where its value is. */
type Emit = (expr: Expr, scope: Scope, generator: Generator) => Operand;

/** A name that the expression declares: the temporary it is in, within the function that declares it. */
interface Local {
  readonly path: Path;
  readonly writer: Writer;
  /** True once somebody else than that function reads it, and so needs it in its slot. */
  inSlot: boolean;
}

/** What is written so far of one program. */
export class Generator {
  readonly constants: Constants;
  readonly functions: string[] = [];
  readonly paths: Paths;
  readonly #emit: Emit;
  readonly #locals = new Map<number, Local>();
  readonly #computing = new Map<number, string>();
  #writer: Writer;

  constructor(constants: Constants, emit: Emit, counts: PathCounts) {
    this.constants = constants;
    this.paths = new Paths(counts);
    this.#emit = emit;
    this.#writer = new Writer(constants);
  }

  get writer(): Writer {
    return this.#writer;
  }

  /** Writes a sub-expression; its value is in a temporary, or a literal. */
  value(expr: Expr, scope: Scope): Operand {
    return this.#writer.settle(this.raw(expr, scope));
  }

  /** The same, for whoever looks at once whether it is a fault. */
  raw(expr: Expr, scope: Scope): Operand {
    const constant = constantOf(expr, scope);
    return constant === undefined ? this.#emit(expr, scope, this) : operandOf(constant, this.#writer);
  }

  /** Evaluates a sub-expression by closures. */
  byClosure(expr: Expr, scope: Scope): Operand {
    return this.called(this.#writer.constant(scope.compile(expr)));
  }

  /** Calls what evaluates on the frame: it may read all names that are declared here. */
  called(evaluate: string): Operand {
    for (const local of this.#locals.values()) local.inSlot = true;
    const target = this.#writer.temp();
    this.#writer.flush();
    this.#writer.line(this.#writer.callOut(target, `${evaluate}(f)`));
    return { text: target, fix: '' };
  }

  /** Writes a function of its own; gives its name. */
  nested(expr: Expr, scope: Scope): string {
    const outer = this.#writer;
    this.#writer = new Writer(this.constants);
    const text = this.#writer.finish(this.raw(expr, scope), this.constants.nameOf(byClosureLater(expr, scope)));
    this.#writer = outer;
    return `g${this.functions.push(text) - 1}`;
  }

  /** Declares a name that is in a temporary; what is given back stores it where others can read it, as far as they do. */
  declare(slot: number, text: string): () => string {
    const writer = this.#writer;
    const lines: string[] = [];
    const path = this.paths.begin(text, { newTemp: () => writer.temp(), lines });
    const local = { path, writer, inSlot: false };
    this.#locals.set(slot, local);
    return () => {
      this.#locals.delete(slot);
      return `${local.inSlot ? `V[${slot}]=${text};` : ''}${lines.join('')}`;
    };
  }

  /** Where the value of a slot is; `declared` by the expression, or a variable of the environment. */
  slot(slot: number, declared: boolean): Operand {
    const writer = this.#writer;
    if (!declared)
      return writer.variable(slot, (text, lines) => this.paths.begin(text, { newTemp: () => writer.temp(), lines }));
    const local = this.#locals.get(slot);
    if (local?.writer === writer) return { text: local.path.text, fix: '', path: local.path };
    if (local !== undefined) local.inSlot = true;
    return { text: `V[${slot}]`, fix: '' };
  }

  /** Says which nested function computes the value of a slot that is filled when it is first read. */
  computes(slot: number, nested: string): void {
    this.#computing.set(slot, nested);
  }

  /** What computes a value that is not there yet. */
  computing(source: Extract<Source, { readonly compute: Evaluate }>): string {
    const nested = source.kind === 'lazy' ? this.#computing.get(source.slot) : undefined;
    return nested ?? this.#writer.constant(source.compute);
  }

  /** The fault that an operand is, or should not have been; a statement that puts it beside those before it. */
  failed(operand: Operand, offset: number, fault: string): string {
    const [is, join] = [this.constants.nameOf(asFault), this.constants.nameOf(worse)];
    return `${fixing(operand)}${fault}=${join}(${fault},${is}(${operand.text},${offset}));`;
  }

  /** The statement that ends a run which has spent more than it may. */
  get limit(): string {
    return `if(n>L){f.cost=n;${this.constants.nameOf(checkCost)}(f);}`;
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
