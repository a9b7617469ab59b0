import { type Type, dyn, isDyn, listOf, mapOf, nullType, opaque, sameType, typeOfType } from './type.ts';

/**
 * What the type parameters of one check stand for, and assignability that binds them: cel-go's unification
 * (checker/types.go, mapping.go), in which a failed attempt leaves no trace.
 */
export class Substitutions {
  readonly #bound = new Map<string, Type>();
  /** What {@link #bound} held before each change of the running attempt; null for nothing. */
  readonly #undo: [string, Type | null][] = [];

  /** True where a value of `from` may stand where `to` is wanted; binds parameters on the way. */
  assignable(from: Type, to: Type): boolean {
    return this.#settle(this.#fits(from, to));
  }

  /** The same for lists of equal length, all or none. */
  allAssignable(from: readonly Type[], to: readonly Type[]): boolean {
    return this.#settle(this.#allFit(from, to));
  }

  /** Replaces bound parameters; unbound ones become dyn where `final`. */
  substitute(type: Type, final = false): Type {
    if (type.params.length === 0 && type.kind !== 'param') return type;
    if (type.kind === 'param') {
      const bound = this.#bound.get(type.name);
      if (bound !== undefined) return this.substitute(bound, final);
      return final ? dyn : type;
    }
    const params = type.params.map((own) => this.substitute(own, final));
    if (params.every((own, i) => own === type.params[i])) return type;
    return withParams(type, params);
  }

  /** Ends an attempt. */
  #settle(fit: boolean): boolean {
    if (this.#undo.length === 0) return fit;
    if (!fit)
      for (const [name, before] of this.#undo.toReversed()) {
        if (before === null) this.#bound.delete(name);
        else this.#bound.set(name, before);
      }
    this.#undo.length = 0;
    return fit;
  }

  #bind(name: string, type: Type): void {
    this.#undo.push([name, this.#bound.get(name) ?? null]);
    this.#bound.set(name, type);
  }

  #allFit(from: readonly Type[], to: readonly Type[]): boolean {
    return from.length === to.length && from.every((own, i) => this.#fits(own, to[i] ?? dyn));
  }

  #fits(a: Type, b: Type): boolean {
    if (b.kind === 'param') {
      const [valid, bound] = this.#bindable(a, b);
      if (valid) return true;
      if (bound) return false;
    }
    if (a.kind === 'param') return this.#bindable(b, a)[0];
    if (isDyn(a) || a.kind === 'error' || isDyn(b) || b.kind === 'error') return true;
    if (a.kind === 'null') return acceptsNull(b);
    if (b.kind === 'null') return acceptsNull(a);
    switch (a.kind) {
      case 'type':
        return b.kind === 'type';
      case 'opaque':
      case 'list':
      case 'map':
        return a.kind === b.kind && a.name === b.name && this.#allFit(a.params, b.params);
      default:
        return isAssignableType(b, a);
    }
  }

  /** Whether `type` may be what the parameter stands for, and whether that parameter was bound already. */
  #bindable(type: Type, parameter: Type): readonly [valid: boolean, bound: boolean] {
    if (type.kind === 'param' && type.name === parameter.name) return [true, true];
    const bound = this.#bound.get(parameter.name);
    if (bound !== undefined) {
      if (sameType(type, bound)) return [true, true];
      if (!this.#fits(type, bound)) return [false, true];
      const general = mostGeneral(type, bound);
      if (this.#absentFrom(parameter, general)) this.#bind(parameter.name, general);
      return [true, true];
    }
    if (!this.#absentFrom(parameter, type)) return [false, false];
    this.#bind(parameter.name, type);
    return [true, false];
  }

  /** The occurs check. */
  #absentFrom(parameter: Type, within: Type): boolean {
    if (sameType(parameter, within)) return false;
    if (within.kind === 'param') {
      const bound = this.#bound.get(within.name);
      return bound === undefined || this.#absentFrom(parameter, bound);
    }
    return within.params.every((own) => this.#absentFrom(parameter, own));
  }
}

function withParams(type: Type, params: readonly Type[]): Type {
  const [first = dyn, second = dyn] = params;
  if (type.kind === 'list') return listOf(first);
  if (type.kind === 'map') return mapOf(first, second);
  return type.kind === 'type' ? typeOfType(first) : opaque(type.name, params);
}

/** cel-go's Type.IsAssignableType, for types that have no parameters to bind. */
function isAssignableType(to: Type, from: Type): boolean {
  if (to.nullable && (from.kind === 'null' || sameType(to, from))) return true;
  if (isDyn(to) || to.kind === 'param') return true;
  return sameType(to, from);
}

function acceptsNull(type: Type): boolean {
  return (
    ['opaque', 'struct', 'any', 'duration', 'timestamp'].includes(type.kind) ||
    type.nullable ||
    type.kind === nullType.kind ||
    type.kind === 'param'
  );
}

/** The one of two types that fit each other which says less. */
export function mostGeneral(a: Type, b: Type): Type {
  return saysNoMore(a, b) ? a : b;
}

function saysNoMore(a: Type, b: Type): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param' || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'opaque':
    case 'list':
    case 'map':
      return (
        a.name === b.name &&
        a.params.length === b.params.length &&
        a.params.every((own, i) => saysNoMore(own, b.params[i] ?? dyn))
      );
    case 'type':
      return true;
    default:
      return sameType(a, b);
  }
}
