import type { Type } from './type.ts';

const shortNames: Partial<Record<Type['kind'], string>> = {
  any: 'any',
  duration: 'duration',
  error: '!error!',
  null: 'null',
  timestamp: 'timestamp',
};

/** A type as the checker's messages show it: `list(int)`, `timestamp`, `wrapper(bool)` (cel-go checker/format.go). */
export function formatType(type: Type): string {
  const short = shortNames[type.kind];
  if (short !== undefined) return short;
  if (type.params.length > 0) return `${type.name}(${type.params.map(formatType).join(', ')})`;
  return type.nullable ? `wrapper(${type.name})` : type.name;
}

/** A type as `type(x)` names it, and `must evaluate to bool but got …` (cel-go Type.String): run-time names. */
export function runtimeTypeName(type: Type): string {
  if (type.kind === 'param') return `<${type.name}>`;
  const name = type.nullable ? `wrapper(${type.name})` : type.name;
  return type.params.length === 0 ? name : `${name}(${type.params.map(runtimeTypeName).join(', ')})`;
}

/** The arguments of a call as cel-go shows them: `(int, string)`, `string.(int)` for a member. */
export function formatArguments(types: readonly Type[], member: boolean): string {
  const shown = types.map(formatType);
  const target = member ? `${shown.shift()}.` : '';
  return `${target}(${shown.join(', ')})`;
}
