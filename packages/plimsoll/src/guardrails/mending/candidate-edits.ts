import { type Json, type JsonObject, isJsonObject } from '../../model/json.ts';
import { type PatchOperation, pointerOf, valueAtSteps } from '../../model/json-patch.ts';
import type { ValueHints } from './value-hints.ts';

/** Keys and list indexes that lead to a field. */
export type Steps = readonly (string | number)[];

/** One edit of a field. */
export interface Edit {
  readonly steps: Steps;
  readonly operation: PatchOperation;
}

/** What nobody edits to mend something: it names the object or what runs in it, or the object is none without it. */
const kept = new Set([
  'apiGroups',
  'apiVersion',
  'containers',
  'image',
  'kind',
  'matchLabels',
  'name',
  'namespace',
  'resources',
  'roleRef',
  'selector',
  'served',
  'spec',
  'storage',
  'template',
  'uid',
  'verbs',
]);
/** Fields that are as good as not there without a value: each has a harmless default (Kubernetes' API reference). */
const optional = new Set(['externalIPs', 'hostIP', 'hostPort', 'insecureSkipTLSVerify', 'priorityClassName']);
/** Lists whose elements stand by themselves: one that is taken away takes nothing else with it but what it gave. */
const separable = new Set(['imagePullSecrets', 'rules', 'subjects', 'sysctls', 'tolerations']);
/** Of these, what may be none at all. */
const mayBeNone = new Set(['imagePullSecrets', 'sysctls', 'tolerations']);

/**
 * Edits of one field that may make an expression hold which it made false, the mildest first: what it is compared with, a
 * truth turned round, an element that is missing; then taking it away, where that is known to do no other harm, or where
 * who wrote the guardrail says so (`removed`, names of fields).
 */
export function candidateEdits(
  body: JsonObject,
  steps: Steps,
  hints: ValueHints,
  removed: ReadonlySet<string>,
): readonly Edit[] {
  if (!isEditable(steps)) return [];
  return [...settings(body, steps, hints), ...removals(body, steps, removed)];
}

function settings(body: JsonObject, steps: Steps, hints: ValueHints): readonly Edit[] {
  const field = fieldOf(steps);
  // To put another element in the place of one says what nobody asked for: it is taken away.
  if (kept.has(field) || typeof steps.at(-1) === 'number') return [];
  const { values = new Set<Json>(), elements = new Set<Json>() } = hints.get(field) ?? {};
  const value = valueAtSteps(body, steps);
  if (value === undefined)
    return [...values, ...[...elements].map((element) => [element])].flatMap((one) => addition(body, steps, one));
  if (typeof value === 'boolean') return [edit(steps, { op: 'replace', value: !value })];
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const missing = [...elements].filter((element) => !list.includes(element));
    return missing.map((element) => {
      const other = list.findIndex((one) => isSameFlag(one, element));
      if (other >= 0) return edit([...steps, other], { op: 'replace', value: element });
      return edit([...steps, '-'], { op: 'add', value: element });
    });
  }
  if (isJsonObject(value)) return [];
  // To say nothing of it is the better way to say that it is empty.
  const others = [...values].filter((one) => typeof one === typeof value && one !== value && one !== '' && one !== 0);
  return others.map((one) => edit(steps, { op: 'replace', value: one }));
}

/** Flags of a command line that say something else of the same. */
function isSameFlag(one: Json, other: Json): boolean {
  const [flag = ''] = String(one).split('=');
  return flag.startsWith('--') && String(other).startsWith(`${flag}=`);
}

/** Taking a field away, or the element of a list that it stands in. */
function removals(body: JsonObject, steps: Steps, removed: ReadonlySet<string>): readonly Edit[] {
  const found: Edit[] = [];
  for (let length = steps.length; length > 0; length -= 1) {
    const at = steps.slice(0, length);
    if (valueAtSteps(body, at) !== undefined && isRemovable(body, at, removed)) found.push(edit(at, { op: 'remove' }));
  }
  const value = valueAtSteps(body, steps);
  if (Array.isArray(value) && !kept.has(fieldOf(steps)))
    for (const index of (value as readonly Json[]).keys())
      if (isRemovable(body, [...steps, index], removed)) found.push(edit([...steps, index], { op: 'remove' }));
  return found;
}

function isRemovable(body: JsonObject, steps: Steps, removed: ReadonlySet<string>): boolean {
  const last = steps.at(-1);
  const above = steps.slice(0, -1);
  const field = fieldOf(steps);
  if (typeof last === 'number') {
    const list = valueAtSteps(body, above);
    // A list without elements is another thing than none, and mostly none that is valid.
    if (!Array.isArray(list) || list.length < 2) return false;
    if (!isJsonObject(valueAtSteps(body, steps))) return true;
    // Rules of roles add up; those of an Ingress or a webhook are what it is for.
    return separable.has(field) && (field !== 'rules' || steps.length === 2);
  }
  if (steps[0] === 'metadata') return steps[1] === 'annotations' ? steps.length === 3 : isQualified(steps);
  if (above.includes('securityContext')) return true;
  if (removed.has(field) && !kept.has(field)) return true;
  return optional.has(field) || mayBeNone.has(field) || (field === 'host' && above.at(-1) === 'httpGet');
}

/** A label that belongs to a tool; what selectors go by mostly has no such prefix. */
function isQualified([, labels, key, ...rest]: Steps): boolean {
  return labels === 'labels' && String(key).includes('/') && rest.length === 0;
}

/** Puts a value where there is none, with what is missing above it; nothing where something else is in the way. */
function addition(body: JsonObject, steps: Steps, value: Json): readonly Edit[] {
  const missing = steps.findIndex((_, index) => valueAtSteps(body, steps.slice(0, index + 1)) === undefined);
  const [at, below] = [steps.slice(0, missing + 1), steps.slice(missing + 1)];
  const isInObject = isJsonObject(valueAtSteps(body, at.slice(0, -1)));
  if (!isInObject || [at.at(-1), ...below].some((step) => typeof step === 'number')) return [];
  const made = below.reduceRight<Json>((inner, step) => ({ [String(step)]: inner }), value);
  return [{ steps, operation: { op: 'add', path: pointerOf(at), value: made } }];
}

/** What stands in the status is not edited, nor what the server keeps of the object. */
function isEditable([first, second]: Steps): boolean {
  if (first === undefined || first === 'status' || first === 'apiVersion' || first === 'kind') return false;
  return first !== 'metadata' || second === 'labels' || second === 'annotations';
}

/** The name of the field that steps lead to, or of the list. */
export function fieldOf(steps: Steps): string {
  return String(steps.findLast((step) => typeof step === 'string' && step !== '-') ?? '');
}

function edit(steps: Steps, what: { op: 'remove' } | { op: 'add' | 'replace'; value: Json }): Edit {
  return { steps, operation: { ...what, path: pointerOf(steps) } };
}
