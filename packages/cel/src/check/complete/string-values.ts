import type { Field } from '../types/type.ts';
import { unwrapOptional } from '../types/type.ts';
import { type Core, children } from '../core.ts';
import { MARKER } from './repair.ts';

/**
 * The field that the string with the marker is compared with, or is the value of: `field == '|'`, `field in ['|']`,
 * `field.orValue('|')`, `Type{field: '|'}`. null where there is none.
 */
export function fieldBeside(core: Core): Field | null {
  if (core.kind === 'struct') {
    const holder = core.fields.find(({ value }) => isMarked(value));
    if (holder !== undefined) return core.type.fields?.find(holder.name) ?? null;
  }
  if (core.kind === 'call') {
    const operands = core.target === null ? core.args : [core.target, ...core.args];
    const marked = operands.findIndex((operand) => isMarked(operand) || isListOfMarked(core.name, operand));
    const other = operands[1 - marked];
    if (marked !== -1 && operands.length === 2 && other !== undefined && comparing.has(core.name))
      return fieldOf(other);
  }
  for (const part of children(core)) {
    const found = fieldBeside(part);
    if (found !== null) return found;
  }
  return null;
}

const comparing: ReadonlySet<string> = new Set(['_==_', '_!=_', '@in', 'orValue']);

function isMarked(core: Core): boolean {
  return core.kind === 'literal' && core.value.type === 'string' && core.value.value === MARKER;
}

function isListOfMarked(call: string, core: Core): boolean {
  return call === '@in' && core.kind === 'list' && core.elements.some(({ value }) => isMarked(value));
}

/** The field whose value an expression is, an optional's default put aside. */
function fieldOf(core: Core): Field | null {
  if (core.kind === 'select') return unwrapOptional(core.operand.type).fields?.find(core.field) ?? null;
  if (core.kind === 'call' && (core.name === 'orValue' || core.name === 'value') && core.target !== null)
    return fieldOf(core.target);
  return null;
}
