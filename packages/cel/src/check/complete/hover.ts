import type { Environment } from '../../environment/environment.ts';
import type { Expr } from '../../syntax/ast.ts';
import { CompileError } from '../../syntax/compile-error.ts';
import { parse } from '../../syntax/parser.ts';
import { type Checked, check } from '../check.ts';
import { type Core, children } from '../core.ts';
import { placeOf, placeOfField } from '../place.ts';
import { formatType } from '../types/format-type.ts';
import { type Field, type Type, unwrapOptional } from '../types/type.ts';
import { type Typing, typingOf } from '../typing.ts';
import { declaredIn } from './declared-names.ts';
import { functionDoc } from './function-docs.ts';
import { macroDocs } from './macro-docs.ts';
import { wordBefore } from './repair.ts';
import { signatureOf } from './signature-text.ts';
import { fieldGiven } from './struct-fields.ts';

/** What there is to say of the name at a place. */
export interface Hover {
  readonly start: number;
  readonly end: number;
  /** The name's type, or the ways to call it that may be meant here. */
  readonly detail: string;
  readonly documentation: string;
}

/**
 * What the name at a UTF-16 offset is: of a call that fits no way to call its function, all of them. Null beside names,
 * where there is nothing to say of one, as of one that is not declared, and in a source that does not parse.
 */
export function hover(source: string, offset: number, environment: Environment): Hover | null {
  let checked: Checked;
  try {
    checked = check(parse(source), environment);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
  const found = at(checked.core, source, offset);
  if (found === null) return null;
  const { core, range, field } = found;
  const typing = typingOf(environment);
  const { detail, documentation } =
    found.type !== undefined
      ? { detail: lines(found.type), documentation: '' }
      : field === null || core.kind !== 'struct'
        ? told(core, checked, typing)
        : toldOfField(fieldGiven(core, field, typing));
  return detail === '' ? null : { ...range, detail, documentation };
}

function toldOfField(field: Field | undefined): Pick<Hover, 'detail' | 'documentation'> {
  return { detail: field === undefined ? '' : lines(field.type), documentation: field?.description ?? '' };
}

/** A type below what else there is to say; nothing of that of what does not check. */
function lines(type: Type, ...above: readonly string[]): string {
  return (type.kind === 'error' ? above : [...above, formatType(type)]).join('\n');
}

/** What is hovered over: a part by its name, a field that the literal of an object gives, or a name that is declared. */
interface Hovered {
  readonly core: Core;
  readonly range: Range;
  readonly field: string | null;
  /** Of a name where it is declared. */
  readonly type?: Type;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The part whose own name is at the offset; what a macro made speaks for the macro. */
function at(core: Core, source: string, offset: number): Hovered | null {
  const isIn = ({ start, end }: Range): boolean => start <= offset && offset <= end;
  const range = isOutermost(core) ? nameRange(core.source, source) : null;
  if (range !== null && isIn(range)) return { core, range, field: null };
  for (const { name, value } of core.kind === 'struct' ? core.fields : []) {
    const named = before(placeOfField(value.source, source), name.length, source);
    if (isIn(named)) return { core, range: named, field: name };
  }
  for (const { type, start, end } of declaredIn(core, source))
    if (isIn({ start, end })) return { core, range: { start, end }, field: null, type };
  for (const part of children(core)) {
    const found = at(part, source, offset);
    if (found !== null) return found;
  }
  return null;
}

function isOutermost(core: Core): boolean {
  return !core.made || core.source.kind === 'macro' || core.source.kind === 'call';
}

function nameRange(expr: Expr, source: string): Range | null {
  switch (expr.kind) {
    case 'ident':
      return { start: expr.end - expr.name.length, end: expr.end };
    case 'select': {
      const end = expr.test ? source.lastIndexOf(expr.field, expr.end) + expr.field.length : expr.end;
      return { start: end - expr.field.length, end };
    }
    case 'call':
      return /^[a-zA-Z]/.test(expr.name) ? before(placeOf(expr, source), expr.name.length, source) : null;
    case 'macro':
      return macroRange(placeOf(expr, source), source);
    default:
      return null;
  }
}

function macroRange(parenthesis: number, source: string): Range {
  const end = source.slice(0, parenthesis).trimEnd().length;
  return { start: wordBefore(source, end), end };
}

function before(parenthesis: number, length: number, source: string): Range {
  const end = source.slice(0, parenthesis).trimEnd().length;
  return { start: end - length, end };
}

function told(core: Core, checked: Checked, typing: Typing): Pick<Hover, 'detail' | 'documentation'> {
  const expr = core.source;
  const type = checked.types.get(expr) ?? core.type;
  if (expr.kind === 'macro') {
    const doc = macroDocs().find(({ name }) => name === expr.name || name === `cel.${expr.name}`);
    return { detail: lines(type, doc?.signature ?? expr.name), documentation: doc?.doc ?? '' };
  }
  if (core.kind === 'select' && core.qualified === null) {
    const field = unwrapOptional(core.operand.type).fields?.find(core.field);
    return field === undefined ? { detail: lines(type), documentation: '' } : toldOfField(field);
  }
  const reference = checked.references.get(expr);
  const macro = expr.kind === 'call' ? macroDocs().find(({ name }) => name === expr.name) : undefined;
  if (macro !== undefined && reference?.kind !== 'function')
    return { detail: lines(type, macro.signature), documentation: macro.doc };
  const fn = core.kind === 'call' ? typing.functions.get(core.namespaced ?? core.name) : undefined;
  if (fn === undefined || core.kind !== 'call') return { detail: lines(type), documentation: '' };
  const isMember = core.target !== null && core.namespaced === null;
  const fitting = fn.overloads.filter(({ id }) => core.overloads.includes(id));
  // Of a call that fits none, every way to call it.
  const overloads = fitting.length > 0 ? fitting : fn.overloads.filter(({ member }) => member === isMember);
  return {
    detail: overloads.map((overload) => signatureOf(fn.name, overload)).join('\n'),
    documentation: functionDoc(fn.name, typing),
  };
}
