import { fieldPathText, fieldSteps } from '../model/field-path.ts';
import { type Json, type JsonObject, member } from '../model/json.ts';
import { type PatchOperation, patched, stepsOfPointer, valueAtSteps } from '../model/json-patch.ts';
import type { Explanation } from './schemas.ts';

const containerLists = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** A patch as the API shows it, with each edit for people; `body` is what it is applied to. */
export function fixItem(patch: readonly PatchOperation[], body: JsonObject): Explanation['fix'] {
  let current = body;
  const edits = patch.map((operation) => {
    const steps = stepsOfPointer(operation.path, current);
    const edit = {
      operation: operation.op,
      path: fieldPathText(steps.filter((step) => step !== '-')),
      container: containerAt(current, steps),
      from: valueAtSteps(current, steps) ?? null,
      to: operation.op === 'remove' ? null : operation.value,
    };
    current = patched(current, [operation]) ?? current;
    return edit;
  });
  return { patch: patch.map((operation) => ({ ...operation })), edits };
}

/** Where the fields of a verdict are; `locate` gives their places in a file, where there is one. */
export function placeItems(
  paths: readonly string[],
  body: JsonObject,
  locate: ((steps: readonly (string | number)[]) => { line: number; column: number } | null) | null,
): Explanation['places'] {
  return [...new Set(paths)].map((path) => {
    const steps = (fieldSteps(path) ?? []).flatMap((step) => (typeof step === 'symbol' ? [] : [step]));
    const place = locate === null ? null : nearest(steps, locate);
    const at = { line: place?.line ?? null, column: place?.column ?? null };
    return { path, container: containerAt(body, steps), ...at };
  });
}

/** The place of a field, else that of the nearest there is above it. */
function nearest(
  steps: readonly (string | number)[],
  locate: (steps: readonly (string | number)[]) => { line: number; column: number } | null,
): { line: number; column: number } | null {
  for (let length = steps.length; length > 0; length -= 1) {
    const found = locate(steps.slice(0, length));
    if (found !== null) return found;
  }
  return null;
}

/** The name of the container that a field is in; null where it is in none. */
function containerAt(body: JsonObject, steps: readonly (string | number)[]): string | null {
  const list = steps.findLastIndex((step, at) => containerLists.has(String(step)) && typeof steps[at + 1] === 'number');
  if (list < 0) return null;
  const name: Json | undefined = member(valueAtSteps(body, steps.slice(0, list + 2)), 'name');
  return typeof name === 'string' ? name : null;
}
