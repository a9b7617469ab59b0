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
    parts.unshift(part);
    if (right === rest) return sumOf(parts, plan.fn.apply);
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

function sumOf(parts: readonly Part[], apply: CelFunction['apply']): Evaluate {
  return (frame) => {
    const [first] = parts;
    if (first === undefined) throw new Error('a sum of nothing');
    const { path, last, isOptional } = first;
    let from = path.slot === null ? undefined : frame.values[path.slot];
    let taken = path.root;
    for (let step = path.steps; step !== null && step !== last; step = step.next) {
      from = isObject(from) ? readFirst(from, leadOf(step.name), step.read) : undefined;
      taken += 1;
    }
    if (!isObject(from)) return sumSlowly(parts, apply, frame);
    const leftmost = last.read(from);
    const sum = leftmost === undefined && isOptional && hasNoOther(from) ? path.none : leftmost;
    if (sum === undefined || !isList(sum)) return sumSlowly(parts, apply, frame);
    let cost = -1;
    for (const part of parts) {
      const found = part.last.read(from);
      cost += taken + 1;
      if (found === undefined ? !part.isOptional || !hasNoOther(from) : part !== first && !isEmptyList(found))
        return sumSlowly(parts, apply, frame);
      if (found !== undefined) cost += 1;
    }
    frame.cost += cost;
    return sum;
  };
}

function isEmptyList(value: Value): boolean {
  return isList(value) && value.length === 0;
}

/** The same one after the other, for anything. */
function sumSlowly(parts: readonly Part[], apply: CelFunction['apply'], frame: Frame): Value {
  let sum: Value | null = null;
  for (const [i, { path, offset }] of parts.entries()) {
    const value = readSlowly(path, frame) ?? null;
    if (i > 0) frame.cost += 1;
    sum = i === 0 ? value : added(sum, value, apply, offset);
  }
  return sum;
}

/** `a + b`, of which one is mostly a list without elements. */
export function added(a: Value, b: Value, apply: CelFunction['apply'], offset: number): Value {
  return isList(a) && isEmptyList(b) ? a : ofTwo(apply, offset, a, b);
}
