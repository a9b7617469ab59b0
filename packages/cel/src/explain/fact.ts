/** Something that an evaluation found at a field path. */
export interface Fact {
  /**
   * Begins with the variable's name, `object.spec.containers[0].image`. Where there is nothing at what was read, this is
   * the part of it up to the first that is missing.
   */
  readonly path: string;
  /** `value`: all that stands there; `extent`: how many elements, which keys; `presence`: whether anything does. */
  readonly kind: 'value' | 'extent' | 'presence';
  readonly present: boolean;
  /** The path as the expression reads it, which may go on behind what is missing. */
  readonly read: string;
}

/** What a part of an expression has its value from. */
export type Reason =
  | { readonly kind: 'fact'; readonly fact: Fact }
  /** All of them together. */
  | { readonly kind: 'every'; readonly of: readonly Reason[] }
  /** All of them together, where each would have been enough for the contrary. `asked`: those that ask for a field. */
  | { readonly kind: 'alternatives'; readonly of: readonly Reason[]; readonly asked: ReadonlySet<Reason> }
  /** Each by itself; `turns` of a loop, or operands in their order. */
  | { readonly kind: 'either' | 'turns'; readonly of: readonly Reason[] }
  /** Both; the condition is what led to the other. */
  | { readonly kind: 'under'; readonly condition: Reason; readonly body: Reason };

/** Needs nothing: constant. */
export const NOTHING: Reason = { kind: 'every', of: [] };

/** The parts that a reason has. */
export function partsOf(reason: Reason): readonly Reason[] {
  if (reason.kind === 'fact') return [];
  return reason.kind === 'under' ? [reason.condition, reason.body] : reason.of;
}

/**
 * A walk over a reason, which comes to each part of it once: that of a composed variable stands wherever the variable is
 * read. `visit` is given a reason and the walk for its parts.
 */
export function overReason<T>(visit: (reason: Reason, inner: (part: Reason) => T) => T): (reason: Reason) => T {
  return (whole) => {
    const known = new Map<Reason, { readonly value: T }>();
    const walk = (reason: Reason): T => {
      let found = known.get(reason);
      if (found === undefined) known.set(reason, (found = { value: visit(reason, walk) }));
      return found.value;
    };
    return walk(whole);
  };
}

/** The same facts once each, in their order. */
export function distinct(facts: readonly Fact[]): readonly Fact[] {
  return facts.length < 2 ? facts : [...new Set(facts)];
}

/** True where whatever has the first fact has the second too. */
export function implies(first: Fact, second: Fact): boolean {
  const same = first.path === second.path;
  if (same && (first.kind === second.kind || first.kind === 'value')) return true;
  // What is missing is the first that is: all above it is there.
  if (second.kind === 'presence' && second.present && isWithin(first.path, second.path)) return true;
  if (!first.present) return same;
  if (first.kind === 'value' && isWithin(second.path, first.path)) return true;
  if (first.kind === 'extent' && isChild(second.path, first.path)) return second.kind === 'presence';
  return same && second.kind === 'presence' && second.present;
}

/** True for a path below another. */
function isWithin(path: string, above: string): boolean {
  return (
    path.length > above.length && path.startsWith(above) && (path[above.length] === '.' || path[above.length] === '[')
  );
}

/** True for an element or field of it. */
function isChild(path: string, above: string): boolean {
  return isWithin(path, above) && /^(?:\.\w+|\[(?:\d+|"(?:[^"\\]|\\.)*")\])$/.test(path.slice(above.length));
}

/** The variable that a path begins with. */
export function rootOf(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? '';
}
