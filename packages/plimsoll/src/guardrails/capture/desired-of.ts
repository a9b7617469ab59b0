import { type FieldStep, each, fieldSteps } from '../../model/field-path.ts';
import { type Json, type JsonObject, isJsonObject, member, setMember } from '../../model/json.ts';
import { isComputed } from '../desired/kubernetes-defaults.ts';
import { type FieldType, anything, fieldsOf, typeOfKind } from '../desired/kubernetes-fields.ts';
import { isAsLeftOut, slotOf } from '../desired/values.ts';
import type { Captured } from './captured.ts';
import { authorsOwn, writtenByOthers } from './written-by-others.ts';

/** How an object is, as it can be wanted. */
interface DesiredOf {
  readonly desired: JsonObject;
  readonly ignoreDifferences: readonly string[];
  /** Paths of what is there and is not wanted. */
  readonly leftOut: readonly string[];
}

const notContent = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * The state of an object as a desired state: all that its author may have written, and nothing else beside it; without
 * what the API server makes of what is left out, what others write, and what was not kept.
 */
export function desiredOf(resource: Captured, autoscaled: boolean): DesiredOf {
  const { apiVersion, kind, name, scope, body, unseen } = resource;
  const type = typeOfKind(apiVersion, kind);
  const hidden = unseen.filter((path) => !path.startsWith('metadata'));
  const ignoreDifferences = [...new Set([...writtenByOthers(resource, autoscaled), ...hidden])].filter((path) =>
    mayBe(body, fieldSteps(path) ?? [], hidden.includes(path)),
  );
  const leftOut = ignoreDifferences.filter((path) => isThere(body, fieldSteps(path) ?? []));
  const ignored = ignoreDifferences.map((path) => fieldSteps(path) ?? []);
  const content: Record<string, Json> = {};
  for (const [field, value] of Object.entries(body)) {
    if (notContent.has(field) || ignored.some((steps) => steps.length === 1 && steps[0] === field)) continue;
    const slot = slotOf(type, field);
    if (slot !== null && isAsLeftOut(value, slot, body)) continue;
    const kept = without(value, below(ignored, field));
    setMember(content, field, only(plain(kept, slot?.type ?? anything), slot?.type ?? anything));
  }
  const { metadata } = body;
  const [labels, annotations] = ['labels', 'annotations'].map((words) => authorsOwn(member(metadata, words)));
  return {
    desired: {
      apiVersion,
      kind,
      metadata: {
        name,
        ...(scope === null ? {} : { namespace: scope }),
        ...(labels === null || labels === undefined ? {} : { labels }),
        ...(annotations === null || annotations === undefined ? {} : { annotations }),
      },
      ...content,
    },
    // Of a field that is wholly let be nothing is wanted, and so nothing is compared.
    ignoreDifferences: ignoreDifferences.filter((path) => (fieldSteps(path)?.length ?? 0) > 1),
    leftOut,
  };
}

/** Whether there is, or was and was not kept, something that a path leads through: its last step may be written later. */
function mayBe(body: JsonObject, steps: readonly FieldStep[], isHidden: boolean): boolean {
  return isHidden || isThere(body, steps.slice(0, -1));
}

function isThere(value: Json | undefined, steps: readonly FieldStep[]): boolean {
  const [first, ...rest] = steps;
  if (first === undefined) return value !== undefined;
  if (first !== each) return isThere(member(value, String(first)), rest);
  return Array.isArray(value) && (value as readonly Json[]).some((item) => isThere(item, rest));
}

function below(ignored: readonly (readonly FieldStep[])[], step: FieldStep): readonly (readonly FieldStep[])[] {
  return ignored.flatMap(([first, ...rest]) => (first === step || first === each ? [rest] : []));
}

/** A value without what is let be. */
function without(value: Json, ignored: readonly (readonly FieldStep[])[]): Json {
  if (ignored.length === 0) return value;
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) => without(item, [...below(ignored, index)]));
  if (!isJsonObject(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(value)) {
    const deeper = below(ignored, name);
    if (!deeper.some((steps) => steps.length === 0)) setMember(kept, name, without(inner, deeper));
  }
  return kept;
}

/** A value without nulls and without what the API server makes of what is left out. */
function plain(value: Json, type: FieldType): Json {
  if (Array.isArray(value)) {
    const of = type.is === 'list' ? type.of : anything;
    return (value as readonly Json[]).map((item) => plain(item, of));
  }
  if (!isJsonObject(value)) return value;
  const owner = type.is === 'struct' ? type.type : null;
  const fields = owner === null ? null : fieldsOf(owner);
  const kept: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(value)) {
    const slot = slotOf(owner, name);
    // A field of a newer Kubernetes than the table's cannot be wanted.
    if (inner === null || (fields !== null && slot === null)) continue;
    // What depends on what stands beside it would be something else once that has changed.
    if (slot !== null && !isComputed(owner, name) && isAsLeftOut(inner, slot, value)) continue;
    setMember(kept, name, plain(inner, slot?.type ?? (type.is === 'map' ? type.of : anything)));
  }
  return kept;
}

/** A value with the directive that nothing else may be there. */
function only(value: Json, type: FieldType): Json {
  if (isJsonObject(value)) return { $patch: 'replace', ...value };
  const isKeyed = type.is === 'list' && Array.isArray(type.keys);
  return isKeyed && Array.isArray(value) ? [{ $patch: 'replace' }, ...(value as readonly Json[])] : value;
}
