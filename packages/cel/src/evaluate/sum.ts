import type { Scope } from '../environment/scope.ts';
import type { CelFunction } from '../functions/function.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { type Value, isList, isObject } from '../values/value.ts';
import { variablePath } from './attribute.ts';
import { type FunctionPlan, planCall } from './call-plan.ts';
import { hasNoOther } from './field.ts';
import { leadOf, readFirst } from './field-reader.ts';
import type { Evaluate, Frame } from './frame.ts';
import { ofTwo } from './guarded-call.ts';
import { type Path, type Step, readSlowly } from './path.ts';

/** A path of a variable that ends with a field, or with an empty list where that is not there. */
interface Part {
  readonly path: Path;
  readonly last: Step;
  readonly isOptional: boolean;
  /** Of the sum of which it is the right side. */
  readonly offset: number;
}

/**
 * `spec.containers + spec.?initContainers.orValue([]) + …`: paths that are one but for their last field, read by one
 * closure while the right sides are empty, as they mostly are. null for any other sum.
 */
export function compileSumOfPaths(sum: Call, plan: FunctionPlan, scope: Scope): Evaluate | null {
  const parts: Part[] = [];
  let before = '';
  let [offset, [rest, right]]: [number, readonly (Expr | undefined)[]] = [sum.offset, plan.args];
  for (;;) {
    const path = right === undefined ? null : variablePath(right, scope);
    const part = path === null ? null : partOf(path, offset);
    if (part === null || rest === undefined) return null;
    const names = namesBefore(part);
    if (parts.length > 0 && names !== before) return null;
    before = names;
    if (right === rest) return sumOf(part, parts, plan.fn.apply);
    parts.unshift(part);
    const inner = rest.kind === 'call' && rest.name === '_+_' ? planCall(rest, scope) : null;
    if (inner === null) right = rest;
    else if (inner.kind !== 'function' || inner.cost !== undefined) return null;
    else [offset, [rest, right]] = [rest.offset, inner.args];
  }
}

function partOf(path: Path, offset: number): Part | null {
  const { further, none } = path;
  if (further !== null) {
    const isOne = further.next === null && isList(none ?? null) && (none as readonly Value[]).length === 0;
    return isOne ? { path, last: further, isOptional: true, offset } : null;
  }
  let last = path.steps;
  while (last !== null && last.next !== null) last = last.next;
  return last === null ? null : { path, last, isOptional: false, offset };
}

/** The variable, and the fields before the last one. */
function namesBefore({ path, last }: Part): string {
  const names: string[] = [];
  for (let step = path.steps; step !== null && step !== last; step = step.next) names.push(step.name);
  return JSON.stringify([path.slot, ...names]);
}

function sumOf(leftmost: Part, others: readonly Part[], apply: CelFunction['apply']): Evaluate {
  const { path, last, isOptional } = leftmost;
  const { slot, root, steps } = path;
  const prefix = steps === last ? null : steps;
  const lead = leadOf(prefix?.name);
  return (frame) => {
    let from = slot === null ? undefined : frame.values[slot];
    let taken: number = root;
    if (prefix !== null) {
      from = isObject(from) ? readFirst(from, lead, prefix.read) : undefined;
      taken += 1;
      for (let step = prefix.next; step !== null && step !== last; step = step.next) {
        from = isObject(from) ? step.read(from) : undefined;
        taken += 1;
      }
    }
    if (!isObject(from)) return sumSlowly(leftmost, others, apply, frame);
    const found = last.read(from);
    const sum = found === undefined && isOptional && hasNoOther(from) ? path.none : found;
    if (sum === undefined || !isList(sum)) return sumSlowly(leftmost, others, apply, frame);
    let cost = found === undefined ? taken : taken + 1;
    for (const other of others) {
      const right = other.last.read(from);
      if (right === undefined ? !other.isOptional || !hasNoOther(from) : !isEmptyList(right))
        return sumSlowly(leftmost, others, apply, frame);
      cost += right === undefined ? taken + 1 : taken + 2;
    }
    frame.cost += cost;
    return sum;
  };
}

function isEmptyList(value: Value): boolean {
  return isList(value) && value.length === 0;
}

/** The same one after the other, for anything. */
function sumSlowly(leftmost: Part, others: readonly Part[], apply: CelFunction['apply'], frame: Frame): Value {
  let sum = readSlowly(leftmost.path, frame) ?? null;
  for (const { path, offset } of others) {
    const right = readSlowly(path, frame) ?? null;
    frame.cost += 1;
    sum = added(sum, right, apply, offset);
  }
  return sum;
}

/** `a + b`, of which one is mostly a list without elements. */
export function added(a: Value, b: Value, apply: CelFunction['apply'], offset: number): Value {
  return isList(a) && isEmptyList(b) ? a : ofTwo(apply, offset, a, b);
}
