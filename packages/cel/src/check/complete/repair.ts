import type { Ast } from '../../syntax/ast.ts';
import { CompileError } from '../../syntax/compile-error.ts';
import { type Token, tokenize } from '../../syntax/lexer.ts';
import { parse } from '../../syntax/parser.ts';

/** The name that stands where something is to be completed. */
export const MARKER = '__here__';

/** A source that parses, with the marker at the cursor. */
export interface Repaired {
  readonly ast: Ast;
  /** The word under the cursor, up to it. */
  readonly typed: string;
  /** Where that word begins and ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * The source with a name at the cursor, made whole: as it is, else cut behind the cursor with what is open closed.
 * Null inside strings and comments, and where no name may stand.
 */
export function repair(source: string, offset: number): Repaired | null {
  const start = offset - (/[A-Za-z_0-9]*$/.exec(source.slice(0, offset))?.[0].length ?? 0);
  const end = offset + (/^[A-Za-z_0-9]*/.exec(source.slice(offset))?.[0].length ?? 0);
  const typed = source.slice(start, offset);
  if (/^[0-9]/.test(typed)) return null;
  const before = source.slice(0, start) + MARKER;
  const tokens = tokensOf(before);
  const name = tokens?.at(-2);
  if (tokens === null || name?.kind !== 'ident' || name.text !== MARKER) return null;
  const rest = source.slice(end);
  const closed = closing(tokens);
  const attempts = [before + rest, `${before}${closed}`, `${before} : null${closed}`, ...withArgument(before, closed)];
  for (const attempt of attempts) {
    const ast = parsed(attempt);
    if (ast !== null) return { ast, typed, start, end };
  }
  return null;
}

/** A loop's variable is being named: its body is missing. */
function withArgument(before: string, closed: string): readonly string[] {
  return closed.startsWith(')') ? [`${before}, true${closed}`] : [];
}

function tokensOf(source: string): readonly Token[] | null {
  try {
    return tokenize(source);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

function parsed(source: string): Ast | null {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** What closes the brackets and conditionals that are open at the end, innermost first. */
function closing(tokens: readonly Token[]): string {
  const open: string[] = [];
  for (const { kind, text } of tokens) {
    if (kind !== 'punctuation') continue;
    const closer = closers[text];
    if (closer !== undefined) open.push(closer);
    else if (text === '?') open.push(' : null');
    else if (text === ':' && open.at(-1) === ' : null') open.pop();
    else if (text === open.at(-1)) open.pop();
  }
  return open.toReversed().join('');
}
