import { hadBy, sinceWhen } from '../environment/later.ts';
import { nearestName } from '../environment/nearest-name.ts';
import type { Expr } from '../syntax/ast.ts';
import { type Issue, positionAt } from '../syntax/compile-error.ts';
import { type Core, type CoreCall, type CoreSelect, qualifiedName } from './core.ts';
import type { FunctionDeclaration } from './declarations/declaration.ts';
import type { Names } from './names.ts';
import { placeOf, placeOfField } from './place.ts';
import { formatType } from './types/format-type.ts';
import type { Type } from './types/type.ts';
import type { Typing } from './typing.ts';

/** Collects what does not check, in cel-go's words (checker/errors.go), with a hint of ours beside them. */
export class Faults {
  readonly #source: string;
  readonly #typing: Typing;
  readonly #issues: Issue[] = [];

  constructor(source: string, typing: Typing) {
    this.#source = source;
    this.#typing = typing;
  }

  /** The faults by place, as cel-go sorts them. */
  get issues(): readonly Issue[] {
    if (this.#issues.length === 0) return this.#issues;
    return this.#issues.toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
  }

  add(expr: Expr, message: string, hint = ''): void {
    this.#push(placeOf(expr, this.#source), message, hint);
  }

  addAtField(value: Core, message: string, hint = ''): void {
    this.#push(placeOfField(value.source, this.#source), message, hint);
  }

  mismatch(expr: Expr, expected: Type, found: Type): void {
    this.add(expr, `expected type '${formatType(expected)}' but found '${formatType(found)}'`);
  }

  undeclared(name: string, expr: Expr, names: Names): void {
    const later = hadBy(sinceWhen(name, this.#typing.later));
    const hint = later === '' ? didYouMean(name, '', [...names.all().keys()]) : later;
    this.add(expr, `undeclared reference to '${name}' (in container '')`, hint);
  }

  undefinedField(select: CoreSelect, type: Type): void {
    const prefix = pathOf(select.operand);
    const near = nearFields(select.field, type);
    this.add(select.source, `undefined field '${select.field}'`, didYouMean(select.field, prefix, near));
  }

  undefinedInitializer(value: Core, name: string, type: Type): void {
    this.addAtField(value, `undefined field '${name}'`, didYouMean(name, '', nearFields(name, type)));
  }

  unknownFunction(call: CoreCall): void {
    const full = fullName(call);
    const { later: versions } = this.#typing;
    const later = versions.get(full) ?? versions.get(call.name) ?? versions.get(madeBy(call));
    const functions = [...this.#typing.functions.keys()].filter(
      (name) => /^[a-zA-Z]/.test(name) && !name.includes('@'),
    );
    const names = call.target === null ? functions : [...macros, ...functions];
    const hint = later === undefined ? didYouMean(call.name, '', names) : hadBy(later);
    this.add(call.source, `undeclared reference to '${call.name}' (in container '')`, hint);
  }

  /** Syntax that comes with a function. */
  unsupported(expr: Expr, syntax: string, with_: string): void {
    this.add(expr, `unsupported syntax '${syntax}'`, hadBy(this.#typing.later.get(with_)));
  }

  noOverload(call: CoreCall, fn: FunctionDeclaration, shown: string): void {
    const mixed = !this.#typing.crossTypeComparisons && /^_[<>]=?_$/.test(fn.name) && mixedNumbers.test(shown);
    this.add(
      call.source,
      `found no matching overload for '${fn.name}' applied to '${shown}'`,
      mixed ? hadBy(CROSS_TYPE_COMPARISONS) : '',
    );
  }

  #push(offset: number, message: string, hint: string): void {
    const position = positionAt(this.#source, Math.max(0, offset));
    this.#issues.push(hint === '' ? { message, position } : { message, position, hint });
  }
}

const mixedNumbers = /^\((?:u?int|double), (?:u?int|double)\)$/;
/** The minor version of Kubernetes that has them (pkg/cel/environment/base.go). */
export const CROSS_TYPE_COMPARISONS = 28;

/** Those of every version. */
const macros = ['all', 'exists', 'exists_one', 'filter', 'map'];

/** Macros, which an environment has where it has the function that they become. */
function madeBy({ name, args }: CoreCall): string {
  if (args.length > 2 && /^(?:all|exists|existsOne|exists_one|transform(?:List|Map|MapEntry))$/.test(name))
    return 'cel.@mapInsert';
  if (name === 'sortBy') return '@sortByAssociatedKeys';
  return name === 'optMap' || name === 'optFlatMap' ? 'optional.of' : '';
}

function fullName(call: CoreCall): string {
  const prefix = call.target === null ? null : qualifiedName(call.target);
  return prefix === null ? call.name : `${prefix}.${call.name}`;
}

/** The path that an expression spells, with a dot behind it; '' where it is computed. */
function pathOf(core: Core): string {
  const name = qualifiedName(core);
  return name === null ? '' : `${name}.`;
}

function nearFields(name: string, type: Type): readonly string[] {
  return [...(type.fields?.names() ?? [])].filter((field) => field !== name);
}

function didYouMean(name: string, prefix: string, names: readonly string[]): string {
  const near = nearestName(
    name,
    names.filter((candidate) => candidate !== name),
  );
  return near === null ? '' : `did you mean '${prefix}${near}'?`;
}
