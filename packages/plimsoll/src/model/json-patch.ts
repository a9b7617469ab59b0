import { type Json, type JsonObject, isJsonObject, setMember } from './json.ts';

/** One operation of a JSON Patch (RFC 6902), of those that edits need. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** Keys and list indexes that lead to a value. */
type Steps = readonly (string | number)[];

/** A pointer to a value (RFC 6901); `-` is behind the last element. */
export function pointerOf(steps: Steps): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps that a pointer stands for in a body: numbers where these lead into a list. */
export function stepsOfPointer(pointer: string, body: Json): Steps {
  const steps: (string | number)[] = [];
  for (const word of wordsOf(pointer)) {
    const into = valueAtSteps(body, steps);
    steps.push(Array.isArray(into) && word !== '-' ? Number(word) : word);
  }
  return steps;
}

function wordsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((word) => word.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at some steps; undefined where there is none. */
export function valueAtSteps(body: Json, steps: Steps): Json | undefined {
  let value: Json | undefined = body;
  for (const step of steps) {
    if (Array.isArray(value)) value = typeof step === 'number' ? (value as readonly Json[])[step] : undefined;
    else if (isJsonObject(value)) value = Object.hasOwn(value, String(step)) ? value[String(step)] : undefined;
    else return undefined;
  }
  return value;
}

/** A copy of `body` with a patch applied; null where it cannot be: what it is about is not there. */
export function patched(body: JsonObject, operations: readonly PatchOperation[]): JsonObject | null {
  let result: Json | null = body;
  for (const operation of operations) {
    const steps = wordsOf(operation.path);
    result = result === null ? null : applied(result, steps, operation);
  }
  return isJsonObject(result ?? undefined) ? (result as JsonObject) : null;
}

function applied(target: Json, [step, ...rest]: readonly string[], operation: PatchOperation): Json | null {
  if (step === undefined) return operation.op === 'remove' ? null : operation.value;
  if (Array.isArray(target)) return inList(target as readonly Json[], step, rest, operation);
  if (!isJsonObject(target)) return null;
  const there = Object.hasOwn(target, step);
  if (!there && (rest.length > 0 || operation.op !== 'add')) return null;
  const copy: Record<string, Json> = {};
  for (const [key, value] of Object.entries(target))
    if (key !== step || rest.length > 0 || operation.op !== 'remove') setMember(copy, key, value);
  if (rest.length === 0) {
    if (operation.op !== 'remove') setMember(copy, step, operation.value);
    return copy;
  }
  const inner = applied(target[step] ?? null, rest, operation);
  if (inner === null) return null;
  setMember(copy, step, inner);
  return copy;
}

function inList(list: readonly Json[], step: string, rest: readonly string[], operation: PatchOperation): Json | null {
  const index = step === '-' ? list.length : /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : -1;
  const isNew = rest.length === 0 && operation.op === 'add';
  if (index < 0 || index > list.length || (index === list.length && !isNew)) return null;
  if (rest.length > 0) {
    const inner = applied(list[index] ?? null, rest, operation);
    return inner === null ? null : list.toSpliced(index, 1, inner);
  }
  if (operation.op === 'remove') return list.toSpliced(index, 1);
  return list.toSpliced(index, operation.op === 'add' ? 0 : 1, operation.value);
}
