import { goPattern } from '../go-pattern.ts';
import { type StructuralSchema, preservesUnknown } from './structural-schema.ts';
import { type StructuralFault, structuralFaults } from './structural-faults.ts';

type Path = readonly (string | number)[];

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/**
 * What keeps a schema from being structural, so that the API server would refuse a definition with it, and defaults
 * that do not fit (apiextensions-apiserver pkg/apiserver/schema/validation.go, schema/defaulting/validation.go).
 */
export function shapeFaults(schema: StructuralSchema, path: Path = []): readonly StructuralFault[] {
  const { type, properties = {}, additionalProperties, items } = schema;
  const faults = [...typeFaults(schema, path), ...patternFaults(schema, path)];
  if (type === 'array' && items === undefined)
    faults.push({ path: [...path, 'items'], message: 'is required for an array' });
  if (Object.keys(properties).length > 0 && additionalProperties !== undefined && additionalProperties !== false)
    faults.push({ path: [...path, 'additionalProperties'], message: 'and properties exclude each other' });
  if (schema.default !== undefined && faults.length === 0)
    for (const fault of structuralFaults(schema.default, schema))
      faults.push({ path: [...path, 'default', ...fault.path], message: fault.message });
  return [
    ...faults,
    ...Object.entries(properties).flatMap(([key, own]) => shapeFaults(own, [...path, 'properties', key])),
    ...(items === undefined ? [] : shapeFaults(items, [...path, 'items'])),
    ...(typeof additionalProperties === 'object'
      ? shapeFaults(additionalProperties, [...path, 'additionalProperties'])
      : []),
  ];
}

function typeFaults(schema: StructuralSchema, path: Path): StructuralFault[] {
  const { type } = schema;
  const isFree = schema['x-kubernetes-int-or-string'] === true || preservesUnknown(schema);
  if (type === undefined) return isFree ? [] : [{ path: [...path, 'type'], message: 'is required' }];
  return types.includes(type)
    ? []
    : [{ path: [...path, 'type'], message: `"${type}" is no type; there are ${types.join(', ')}` }];
}

function patternFaults({ pattern }: StructuralSchema, path: Path): StructuralFault[] {
  const read = pattern === undefined ? null : goPattern(pattern);
  return read === null || typeof read === 'function' ? [] : [{ path: [...path, 'pattern'], message: read.fault }];
}
