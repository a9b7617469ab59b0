import type { Environment } from '../../environment/environment.ts';
import type { Expr } from '../../syntax/ast.ts';
import { CompileError } from '../../syntax/compile-error.ts';
import { parse } from '../../syntax/parser.ts';
import { type Checked, check } from '../check.ts';
import { type Core, children } from '../core.ts';
import { placeOf } from '../place.ts';
import { formatType } from '../types/format-type.ts';
import { unwrapOptional } from '../types/type.ts';
import { type Typing, typingOf } from '../typing.ts';
import { functionDoc } from './function-docs.ts';
import { macroDocs } from './macro-docs.ts';
import { signatureOf } from './signature-text.ts';

/** What there is to say of the name at a place. */
export interface Hover {
  readonly start: number;
  readonly end: number;
  /** The name's type, or the ways to call it that may be meant here. */
  readonly detail: string;
  readonly documentation: string;
}

/** What the name at a UTF-16 offset is; null beside names, and in a source that does not parse. */
export function hover(source: string, offset: number, environment: Environment): Hover | null {
  let checked: Checked;
  try {
    checked = check(parse(source), environment);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
  const found = at(checked.core, source, offset);
  return found === null ? null : { ...found.range, ...told(found.core, checked, typingOf(environment)) };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The part whose own name is at the offset; what a macro made speaks for the macro. */
function at(core: Core, source: string, offset: number): { readonly core: Core; readonly range: Range } | null {
  const range = nameRange(core.source, source);
  if (range !== null && range.start <= offset && offset <= range.end && isOutermost(core)) return { core, range };
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
      return before(
        placeOf(expr, source),
        /\w+\s*$/.exec(source.slice(0, placeOf(expr, source)))?.[0].length ?? 0,
        source,
      );
    default:
      return null;
  }
}

function before(parenthesis: number, length: number, source: string): Range {
  const end = source.slice(0, parenthesis).trimEnd().length;
  return { start: end - length, end };
}

function told(core: Core, checked: Checked, typing: Typing): Pick<Hover, 'detail' | 'documentation'> {
  const expr = core.source;
  const type = formatType(checked.types.get(expr) ?? core.type);
  if (expr.kind === 'macro') {
    const doc = macroDocs().find(({ name }) => name === expr.name || name === `cel.${expr.name}`);
    return { detail: `${doc?.signature ?? expr.name}\n${type}`, documentation: doc?.doc ?? '' };
  }
  if (core.kind === 'select' && core.qualified === null) {
    const field = unwrapOptional(core.operand.type).fields?.find(core.field);
    return { detail: field === undefined ? type : formatType(field.type), documentation: field?.description ?? '' };
  }
  const reference = checked.references.get(expr);
  if (reference?.kind !== 'function') return { detail: type, documentation: '' };
  const fn = typing.functions.get(reference.name);
  const overloads = fn?.overloads.filter(({ id }) => reference.overloads.includes(id)) ?? [];
  return {
    detail: overloads.map((overload) => signatureOf(reference.name, overload)).join('\n'),
    documentation: fn === undefined ? '' : functionDoc(fn.name, typing),
  };
}
