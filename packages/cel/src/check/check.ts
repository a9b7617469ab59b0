import type { Environment } from '../environment/environment.ts';
import type { Ast, Expr } from '../syntax/ast.ts';
import type { Issue } from '../syntax/compile-error.ts';
import { quotedFieldFaults } from '../environment/quoted-fields.ts';
import type { Overloads } from '../functions/function.ts';
import { Checker } from './checker.ts';
import { type Core, eachPart } from './core.ts';
import { Faults } from './faults.ts';
import { validateLiterals } from './literals.ts';
import { lower } from './lower.ts';
import { Names } from './names.ts';
import { planConstants } from './plan.ts';
import type { Type } from './types/type.ts';
import { typingOf } from './typing.ts';

/** What a name or a call was found to be. */
export type Reference =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string; readonly overloads: readonly string[] };

/** An expression with the types of its parts. */
export class Checked {
  readonly ast: Ast;
  /** The expression as the cost model walks over it. */
  readonly core: Core;
  /** What does not check, by place; empty where all is well. */
  readonly issues: readonly Issue[];
  readonly #parts: readonly Core[];
  #types: ReadonlyMap<Expr, Type> | null = null;
  #references: ReadonlyMap<Expr, Reference> | null = null;
  #overloads: Overloads | null = null;

  /** `parts` is what was checked of it, outer parts first. */
  constructor(ast: Ast, core: Core, issues: readonly Issue[], parts: readonly Core[] = []) {
    this.ast = ast;
    this.core = core;
    this.issues = issues;
    this.#parts = parts;
  }

  /** The type of the whole. */
  get outputType(): Type {
    return this.core.type;
  }

  /** The types of the parts; a macro's is that of what it gives. */
  get types(): ReadonlyMap<Expr, Type> {
    this.#types ??= bySource(this.core, ({ type }) => type);
    return this.#types;
  }

  /** The overload of each call of which one alone can be meant: what the API server counts costs by. */
  get overloads(): Overloads {
    this.#overloads ??= overloadsOf(this.#parts);
    return this.#overloads;
  }

  /** What names and calls refer to; calls name the overloads that may be meant. */
  get references(): ReadonlyMap<Expr, Reference> {
    this.#references ??= bySource(this.core, referenceOf);
    return this.#references;
  }
}

/**
 * Checks a parsed expression as the API server does (cel-go checker, then its validators): never throws, the faults
 * are in `issues`.
 */
export function check(ast: Ast, environment: Environment): Checked {
  const typing = typingOf(environment);
  const syntax = quotedFieldFaults(ast, environment);
  const { core, tooLarge } = lower(ast.expr, typing.macros, ast.source);
  // What does not parse in an environment is not checked there.
  if (syntax.length > 0) return new Checked(ast, core, syntax);
  const faults = new Faults(ast.source, typing);
  if (tooLarge) {
    faults.add(ast.expr, 'too large once its macros are expanded: optMap and optFlatMap have their target twice');
    return new Checked(ast, core, faults.issues);
  }
  const checker = new Checker(typing, new Names(environment, typing), faults);
  checker.check(core);
  const { parts } = checker;
  finish(parts, checker);
  const found = faults.issues;
  if (found.length === 0) validateLiterals(core, parts, typing, faults);
  if (typing.constants && found.length === 0 && faults.issues.length === 0)
    planConstants(core, parts, environment, faults);
  return new Checked(ast, core, found.length === 0 ? faults.issues : found, parts);
}

/** Puts in place of type parameters what they turned out to be, dyn where nothing. */
function finish(parts: readonly Core[], { substitutions }: Checker): void {
  for (const part of parts)
    if (part.type.kind === 'param' || part.type.params.length > 0)
      part.type = substitutions.substitute(part.type, true);
}

/** What `of` says of each expression of the source: of all that a macro became, its outermost part speaks. */
function bySource<T>(core: Core, of: (part: Core) => T | null): ReadonlyMap<Expr, T> {
  const found = new Map<Expr, T>();
  const visit = (part: Core): void => {
    const said = found.has(part.source) ? null : of(part);
    if (said !== null) found.set(part.source, said);
    eachPart(part, visit);
  };
  visit(core);
  return found;
}

/** The overload of each call of the source of which one alone can be meant. */
function overloadsOf(parts: readonly Core[]): Overloads {
  const found = new Map<Expr, string>();
  for (const part of parts) {
    if (part.kind !== 'call' || part.source.kind !== 'call' || part.overloads.length !== 1) continue;
    // Of calls that a macro became, the one of sortBy is asked for by the macro, which is a call of the source.
    if (part.made && part.name !== '@sortByAssociatedKeys') continue;
    const [overload = ''] = part.overloads;
    if (!found.has(part.source)) found.set(part.source, overload);
  }
  return found;
}

function referenceOf(core: Core): Reference | null {
  if (core.made) return null;
  if (core.kind === 'ident' && core.type.kind !== 'error') return { kind: 'name', name: core.name };
  if (core.kind === 'select' && core.qualified !== null) return { kind: 'name', name: core.qualified };
  if (core.kind === 'call' && core.overloads.length > 0)
    return { kind: 'function', name: core.namespaced ?? core.name, overloads: core.overloads };
  return null;
}
