import { type Core, type CoreStruct, children } from '../core.ts';
import type { Typing } from '../typing.ts';
import { type Field, type Type, unwrapOptional } from '../types/type.ts';
import { MARKER } from './repair.ts';

/** The literal of an object, `Type{…}`, in which the marker stands for a field's name. */
export function markedStruct(core: Core): CoreStruct | null {
  if (core.kind === 'struct' && core.fields.some(({ name }) => name === MARKER)) return core;
  for (const part of children(core)) {
    const found = markedStruct(part);
    if (found !== null) return found;
  }
  return null;
}

/**
 * The fields that such a literal may still be given. `Object.spec` takes any, so that those of the object that the
 * policy is about are told: what `object.spec` has.
 */
export function fieldsLeft(struct: CoreStruct, typing: Typing): readonly (readonly [string, Field])[] {
  const given = new Set(struct.fields.map(({ name }) => name));
  const { fields } = meant(struct, typing);
  return [...(fields?.names() ?? [])].flatMap((name) => {
    const field = given.has(name) ? undefined : fields?.find(name);
    return field === undefined ? [] : [[name, field] as const];
  });
}

/** A field that such a literal gives; undefined where there is none of that name. */
export function fieldGiven(struct: CoreStruct, name: string, typing: Typing): Field | undefined {
  return meant(struct, typing).fields?.find(name);
}

function meant(struct: CoreStruct, typing: Typing): Type {
  return objectBehind(struct.name, typing) ?? struct.type;
}

/** The type of what `Object.a.b` stands for; elements of lists have no name of their own. */
function objectBehind(name: string, typing: Typing): Type | null {
  const [root, ...path] = name.split('.');
  let type = root === 'Object' ? typing.variables.get('object') : undefined;
  for (const field of path) type = type === undefined ? undefined : element(type).fields?.find(field)?.type;
  return type === undefined ? null : element(type);
}

function element(type: Type): Type {
  const inner = unwrapOptional(type);
  return inner.kind === 'list' && inner.params[0] !== undefined ? element(inner.params[0]) : inner;
}
