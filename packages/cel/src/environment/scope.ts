import type { Call, Expr, Ident, Select } from '../syntax/ast.ts';
import { type Issue, positionAt } from '../syntax/compile-error.ts';
import { dottedName } from '../syntax/parser.ts';
import type { Evaluate, EvaluateOptional } from '../evaluate/frame.ts';
import type { CelFunction } from '../functions/function.ts';
import { ErrorValue, noSuchOverload } from '../values/fault.ts';
import { TypeValue } from '../values/type-value.ts';
import type { Environment } from './environment.ts';
import { nearestName } from './nearest-name.ts';

/** How sub-expressions are compiled: given from outside, so that their compilers need not know one another. */
export interface Compiler {
  readonly expr: (expr: Expr, scope: Scope) => Evaluate;
  readonly optional: (expr: Expr, scope: Scope) => EvaluateOptional;
}

/** What names mean at one place of an expression, and where its faults are collected. */
export class Scope {
  /** Slots of the variables that this scope adds. */
  readonly slots: readonly number[];
  readonly #environment: Environment;
  readonly #source: string;
  readonly #locals: ReadonlyMap<string, number>;
  readonly #issues: Issue[];
  readonly #compiler: Compiler;

  constructor(
    compiler: Compiler,
    environment: Environment,
    source: string,
    issues: Issue[],
    locals: ReadonlyMap<string, number> = new Map(),
    slots: readonly number[] = [],
  ) {
    this.#compiler = compiler;
    this.#environment = environment;
    this.#source = source;
    this.#issues = issues;
    this.#locals = locals;
    this.slots = slots;
  }

  /** The scope of a macro's body, in which `variables` have slots of their own. */
  enter(variables: readonly string[]): Scope {
    const slots = variables.map(() => this.#environment.newSlot());
    const locals = new Map([...this.#locals, ...variables.map((name, i) => [name, slots[i] ?? 0] as const)]);
    return new Scope(this.#compiler, this.#environment, this.#source, this.#issues, locals, slots);
  }

  /** Notes a fault; compilation goes on, so that all are reported at once. */
  fault(message: string, offset: number): void {
    this.#issues.push({ message, position: positionAt(this.#source, offset) });
  }

  /** Compiles a sub-expression in this scope. */
  compile(expr: Expr): Evaluate {
    return this.#compiler.expr(expr, this);
  }

  /** Compiles a sub-expression of optional type without its wrapper. */
  compileOptional(expr: Expr): EvaluateOptional {
    return this.#compiler.optional(expr, this);
  }

  /** What a plain name reads. */
  resolve(name: string, expr: Ident, absolute: boolean): Evaluate {
    const local = absolute ? undefined : this.#locals.get(name);
    const slot = local ?? this.#environment.slotOf(name);
    if (slot !== undefined)
      return (frame) => {
        frame.cost += 1;
        const value = frame.values[slot];
        return value === undefined ? missing(name, expr.offset) : value;
      };
    if (this.#environment.types.has(name)) {
      const type = new TypeValue(name);
      return () => type;
    }
    const names = [...this.#locals.keys(), ...this.#environment.variableNames];
    this.fault(`undeclared reference to '${name}' (in container '')${suggestion(name, names)}`, expr.offset);
    return () => noSuchOverload();
  }

  /** What a dotted name reads where it is one thing: a composed variable (`variables.x`) or a type's name. */
  qualified(expr: Select): Evaluate | null {
    if (expr.test || expr.optional) return null;
    const { operand } = expr;
    const composed = this.#environment.composed;
    if (
      composed !== null &&
      operand.kind === 'ident' &&
      operand.name === composed.root &&
      !this.#locals.has(operand.name)
    ) {
      const index = composed.indexOf(expr.field);
      if (index !== undefined) return composed.read(index);
      this.fault(`undefined field '${expr.field}'${suggestion(expr.field, composed.names)}`, expr.offset);
      return () => noSuchOverload();
    }
    const name = dottedName(expr);
    if (name === null || !this.#environment.types.has(name)) return null;
    const type = new TypeValue(name);
    return () => type;
  }

  /** The function of that name that can be called so. */
  function(name: string, style: 'global' | 'member', arity: number): CelFunction | undefined {
    const found = this.#environment.functions.get(name);
    return found !== undefined && (found.style === style || found.style === 'both') && found.arity.includes(arity)
      ? found
      : undefined;
  }

  /** Notes that a call fits nothing: what is nearest, and since which version a known one exists. */
  unknownFunction(call: Call): void {
    const known = this.#environment.functions.get(call.name);
    const later = this.#environment.laterFunctions.get(call.name);
    const why =
      known !== undefined
        ? `found no matching overload for '${call.name}' applied to ${call.args.length + (call.target === null ? 0 : 1)} argument(s)`
        : later !== undefined
          ? `undeclared reference to '${call.name}' (in container ''): Kubernetes 1.${later} and later have it`
          : `undeclared reference to '${call.name}' (in container '')${suggestion(call.name, [...this.#environment.functions.keys()])}`;
    const { name, target } = call;
    this.fault(why, target === null ? call.offset : this.#source.indexOf(name, target.end));
  }
}

function missing(name: string, offset: number): ErrorValue {
  const error = new ErrorValue(`no such attribute(s): ${name}`);
  error.offset = offset;
  return error;
}

function suggestion(name: string, names: readonly string[]): string {
  const near = nearestName(
    name,
    names.filter((candidate) => candidate !== name && /^[a-zA-Z]/.test(candidate)),
  );
  return near === null ? '' : `: did you mean '${near}'?`;
}
