import type { Call, Expr, Ident, Logical, Macro, Select } from '../syntax/ast.ts';
import { parts as partsOf } from '../syntax/parts.ts';
import { isMap } from '../values/equality.ts';
import { Fault } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import { type Value, isList } from '../values/value.ts';
import { type Fact, NOTHING, type Reason, rootOf } from './fact.ts';
import { Once, type Place, type Tracer, type Turn, unwrap } from './tracer.ts';

/** So many turns of a loop are told to people; a list that is looked up may have a hundred thousand. */
const PEOPLE_READ = 100;
/** So many of a loop over what nobody asked about: of what was asked about, its other turns read the same. */
const OTHERS_READ = 3;

/**
 * Finds what an expression has its value from, on what it ran on: as long as that stays, the value does, whatever else
 * changes. Strict functions need all that they are given; `&&`, `||`, `all` and `exists` what decided them.
 */
export class Reasons {
  readonly #tracer: Tracer;
  /** False where of operands that decide by themselves the first is enough, and of a long loop its first turns. */
  readonly #thorough: boolean;
  readonly #mostTurns: number;
  /** The variable that is asked about; null: all of them. */
  readonly #about: string | null;
  readonly #composed = new Once<Reason>();
  readonly #ranges = new Once<Reason>();
  readonly #absences = new Once<string | null>();
  readonly #keysOfComposed = new Once<readonly Reason[]>();

  constructor(tracer: Tracer, thorough: boolean, about: string | null = null) {
    this.#tracer = tracer;
    this.#thorough = thorough;
    this.#about = about;
    this.#mostTurns = thorough ? Number.POSITIVE_INFINITY : PEOPLE_READ;
  }

  of(expr: Expr, place: Place): Reason {
    switch (expr.kind) {
      case 'literal':
        return NOTHING;
      case 'logical':
        return this.#ofLogical(expr, place);
      case 'conditional': {
        const branch = this.#tracer.value(expr.condition, place) === true ? expr.yes : expr.no;
        return { kind: 'under', condition: this.of(expr.condition, place), body: this.of(branch, place) };
      }
      case 'macro':
        return this.#ofMacro(expr, place);
      case 'call':
        return this.#ofCall(expr, place);
      case 'ident':
      case 'select':
        return this.#ofName(expr, place);
      default:
        return this.#every(partsOf(expr), place);
    }
  }

  #every(parts: readonly Expr[], place: Place): Reason {
    const of: Reason[] = [];
    for (const part of parts) if (part.kind !== 'literal') of.push(this.of(part, place));
    return together(of);
  }

  #ofLogical(expr: Logical, place: Place): Reason {
    const decisive = expr.operator === '||';
    const decides = (arg: Expr): boolean => this.#tracer.value(arg, place) === decisive;
    const first = expr.args.findIndex(decides);
    if (first === -1) {
      const of = expr.args.map((arg) => this.of(arg, place));
      if (!decisive) return { kind: 'every', of };
      return { kind: 'alternatives', of, asked: new Set(of.filter((_, i) => asksForField(expr.args[i]))) };
    }
    const deciding = this.#thorough ? expr.args.filter(decides) : expr.args.slice(first, first + 1);
    const of = deciding.map((arg) => this.of(arg, place));
    return of[0] !== undefined && of.length === 1 ? of[0] : { kind: 'either', of };
  }

  #ofName(expr: Ident | Select, place: Place): Reason {
    const composed = this.#tracer.composed(expr, place);
    if (composed !== null) return this.#composed.of(composed, () => this.of(composed, this.#tracer.outermost));
    const origin = expr.kind === 'ident' ? this.#tracer.origin(expr, place) : null;
    if (origin !== null)
      return origin.path === null ? NOTHING : factOf({ path: origin.path, kind: origin.kind, present: true });
    const read = this.#reading(expr, place, expr.kind === 'select' && expr.test ? 'presence' : 'value');
    if (read !== null) return read;
    if (expr.kind === 'select') return this.of(expr.operand, place);
    return this.#every(this.#tracer.allComposed(expr, place), this.#tracer.outermost);
  }

  /** What an expression with a path reads, and what its keys come from; null where it has no path. */
  #reading(expr: Expr, place: Place, kind: Fact['kind']): Reason | null {
    const read = this.#tracer.path(expr, place);
    if (read === null) return null;
    const missing = this.#missing(expr, place);
    const fact =
      missing === null
        ? factOf({ path: read, kind, present: true })
        : factOf({ path: missing, kind: 'presence', present: false, read });
    const keys = this.#keys(expr, place);
    return keys.length === 0 ? fact : { kind: 'every', of: [fact, ...keys] };
  }

  /** The part of a path up to the first that is missing; null where nothing is. */
  #missing(expr: Expr, place: Place): string | null {
    if (!readsDefault(expr) && this.#isThere(expr, place)) return null;
    const composed = this.#tracer.composed(expr, place);
    if (composed !== null) return this.#absences.of(composed, () => this.#missing(composed, this.#tracer.outermost));
    const operand = operandOf(expr);
    const above = operand === null ? null : this.#missing(operand, place);
    return above ?? (this.#isThere(expr, place) ? null : this.#tracer.path(expr, place));
  }

  #isThere(expr: Expr, place: Place): boolean {
    const value = this.#tracer.value(expr, place);
    if (expr.kind === 'select' && expr.test) return value === true;
    return !(value instanceof Fault) && !isNone(value);
  }

  /** What the computed keys of a path come from, and the default that is read where it is none. */
  #keys(expr: Expr, place: Place): readonly Reason[] {
    const composed = this.#tracer.composed(expr, place);
    if (composed !== null) return this.#keysOfComposed.of(composed, () => this.#keys(composed, this.#tracer.outermost));
    const operand = operandOf(expr);
    if (operand === null) return [];
    const inner = this.#keys(operand, place);
    if (expr.kind !== 'call') return inner;
    const isIndex = expr.name.startsWith('_[');
    const part = isIndex ? expr.args[1] : expr.args[0];
    const counts =
      part !== undefined && part.kind !== 'literal' && (isIndex || isNone(this.#tracer.value(operand, place)));
    return counts ? [...inner, this.of(part, place)] : inner;
  }

  #ofCall(call: Call, place: Place): Reason {
    const { name, target, args } = call;
    const [first, second] = args;
    if (name === 'orValue' || name === 'or') return this.#ofChoice(call, place);
    const read = name.startsWith('_[') ? this.#reading(call, place, 'value') : null;
    if (read !== null) return read;
    const of = target ?? first;
    const presence = name === 'hasValue' && of !== undefined ? this.#reading(of, place, 'presence') : null;
    if (presence !== null) return presence;
    if (name === 'size' && of !== undefined && isContainer(this.#tracer.value(of, place)))
      return this.#ofRange(of, place);
    if (name === '@in' && first?.kind === 'literal' && first.value.type === 'string' && second !== undefined) {
      const held = this.#ofKey(first.value.value, second, place);
      if (held !== null) return held;
    }
    // The other arguments of sortBy are no values.
    if (name === 'sortBy' && target !== null) return this.of(target, place);
    return this.#every(partsOf(call), place);
  }

  /** `'key' in map`, which looks for the key alone; null where the map is computed, or none. */
  #ofKey(key: string, container: Expr, place: Place): Reason | null {
    const value = this.#tracer.value(container, place);
    const path = this.#tracer.path(container, place);
    if (path === null || !isMap(value)) return null;
    const { path: read, present } = this.#tracer.member(path, value, key);
    return { kind: 'every', of: [factOf({ path: read, kind: 'presence', present }), ...this.#keys(container, place)] };
  }

  /** `optional.orValue(other)`. */
  #ofChoice(call: Call, place: Place): Reason {
    const { target, args } = call;
    const [other] = args;
    if (target === null || other === undefined) return this.#every(args, place);
    const chosen = this.#tracer.value(target, place);
    const own = this.of(target, place);
    if (!isNone(chosen)) return own;
    return { kind: 'under', condition: this.of(other, place), body: own };
  }

  /** What a range is made of, its elements apart: which there are, and in what they stand. */
  #ofRange(expr: Expr, place: Place): Reason {
    const composed = this.#tracer.composed(expr, place);
    if (composed !== null) return this.#ranges.of(composed, () => this.#ofRange(composed, this.#tracer.outermost));
    const read = this.#reading(expr, place, 'extent');
    if (read !== null) return read;
    if (expr.kind === 'conditional') {
      const branch = this.#tracer.value(expr.condition, place) === true ? expr.yes : expr.no;
      return { kind: 'under', condition: this.of(expr.condition, place), body: this.#ofRange(branch, place) };
    }
    if (expr.kind === 'call' && expr.name === '_+_')
      return { kind: 'every', of: expr.args.map((arg) => this.#ofRange(arg, place)) };
    if (expr.kind === 'call' && expr.name === 'orValue' && expr.target !== null) {
      const [other] = expr.args;
      const chosen = this.#tracer.value(expr.target, place);
      const own = this.#ofRange(expr.target, place);
      if (other === undefined || !isNone(chosen)) return own;
      return { kind: 'under', condition: this.#ofRange(other, place), body: own };
    }
    if (expr.kind === 'macro' && (expr.name === 'filter' || expr.name === 'map')) return this.#ofAllTurns(expr, place);
    return this.of(expr, place);
  }

  #ofMacro(macro: Macro, place: Place): Reason {
    if (macro.name === 'bind' || macro.name === 'optMap' || macro.name === 'optFlatMap') {
      const inner = this.#tracer.bound(macro, place);
      if (inner === null) return this.of(macro.range, place);
      const range = this.#reading(macro.range, place, 'presence') ?? this.of(macro.range, place);
      return { kind: 'under', condition: range, body: this.of(macro.body, inner) };
    }
    if (macro.name !== 'all' && macro.name !== 'exists') return this.#ofAllTurns(macro, place);
    const decisive = macro.name === 'exists';
    const deciding: Reason[] = [];
    const turns = this.#tracer.turns(macro, place);
    const most = this.#mostOf(turns);
    for (const turn of turns) {
      if (deciding.length === most) break;
      const inner = turn.enter();
      if (this.#tracer.value(macro.body, inner) === decisive)
        deciding.push({ kind: 'under', condition: presenceOf(turn), body: this.of(macro.body, inner) });
    }
    if (deciding.length === 0) return this.#ofAllTurns(macro, place);
    const decided: Reason = { kind: 'turns', of: deciding };
    // An element of what has a path says itself that the rest is there.
    const isRead = this.#tracer.path(macro.range, place) !== null && this.#missing(macro.range, place) === null;
    const range = isRead ? together(this.#keys(macro.range, place)) : this.#ofRange(macro.range, place);
    return { kind: 'under', condition: range, body: decided };
  }

  #mostOf([first]: readonly Turn[]): number {
    const path = first?.element.path ?? null;
    return this.#about === null || path === null || rootOf(path) === this.#about ? this.#mostTurns : OTHERS_READ;
  }

  #ofAllTurns(macro: Macro, place: Place): Reason {
    const range = this.#ofRange(macro.range, place);
    const all = this.#tracer.turns(macro, place);
    const turns = all.slice(0, this.#mostOf(all)).map((turn): Reason => {
      const inner = turn.enter();
      const { condition, body } = macro;
      if (condition === null) return this.of(body, inner);
      const taken = this.#tracer.value(condition, inner) === true;
      return { kind: 'every', of: [this.of(condition, inner), ...(taken ? [this.of(body, inner)] : [])] };
    });
    return { kind: 'under', condition: range, body: { kind: 'every', of: turns } };
  }
}

function presenceOf({ element }: Turn): Reason {
  return element.path === null ? NOTHING : factOf({ path: element.path, kind: 'presence', present: true });
}

function factOf(fact: Omit<Fact, 'read'> & { readonly read?: string }): Reason {
  return { kind: 'fact', fact: { read: fact.path, ...fact } };
}

/** True of what is true where a field is there: `has(…)`, `….hasValue()`, `'key' in …`. */
function asksForField(expr: Expr | undefined): boolean {
  if (expr?.kind === 'select') return expr.test;
  return (
    expr?.kind === 'call' && (expr.name === 'hasValue' || (expr.name === '@in' && expr.args[0]?.kind === 'literal'))
  );
}

function isContainer(value: Value): boolean {
  const inner = unwrap(value);
  return isList(inner) || isMap(inner);
}

function isNone(value: Value): boolean {
  return value instanceof Optional && value.value === undefined;
}

/** What a path is read from. */
function operandOf(expr: Expr): Expr | null {
  if (expr.kind === 'select') return expr.operand;
  return expr.kind === 'call' ? (expr.target ?? expr.args[0] ?? null) : null;
}

/** True where a path goes on behind `orValue`, and so may be read in its default. */
function readsDefault(expr: Expr): boolean {
  for (let part: Expr | null = expr; part !== null; part = operandOf(part))
    if (part.kind === 'call' && part.name === 'orValue') return true;
  return false;
}

function together(of: readonly Reason[]): Reason {
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'every', of };
}
