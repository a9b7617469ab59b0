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
  const start = wordBefore(source, offset);
  const end = offset + (/^[A-Za-z_0-9]*/.exec(source.slice(offset))?.[0].length ?? 0);
  const typed = source.slice(start, offset);
  if (/^[0-9]/.test(typed)) return null;
  const before = source.slice(0, start) + MARKER;
  const tokens = tokensOf(before);
  const name = tokens?.at(-2);
  if (tokens === null || name?.kind !== 'ident' || name.text !== MARKER) return null;
  const ast = whole(before, source.slice(end), tokens);
  return ast === null ? null : { ast, typed, start, end };
}

/** Where the word before an offset begins; a pattern for it would look at each place where it might. */
export function wordBefore(source: string, offset: number): number {
  let start = offset;
  while (start > 0 && /\w/.test(source[start - 1] ?? '')) start -= 1;
  return start;
}

/**
 * The same where the cursor is in a string of one line: the string becomes the marker, and what is typed is what it
 * holds up to the cursor, its end where it is closed. Null where the cursor is in none.
 */
export function repairString(source: string, offset: number): Repaired | null {
  const head = source.slice(0, offset);
  if (tokensOf(head) !== null) return null;
  for (const quote of ["'", '"']) {
    const last = tokensOf(head + quote)?.at(-2);
    const typed = last === undefined ? '' : source.slice(last.offset + 1, offset);
    if (last?.kind !== 'string' || source[last.offset] !== quote || /["'\\]/.test(typed)) continue;
    const behind = /^[^"'\\\n]*/.exec(source.slice(offset))?.[0].length ?? 0;
    const closed = source[offset + behind] === quote;
    const before = `${source.slice(0, last.offset)}'${MARKER}'`;
    const rest = closed ? source.slice(offset + behind + 1) : '';
    const ast = whole(before, rest, tokensOf(before) ?? []);
    return ast === null ? null : { ast, typed, start: last.offset + 1, end: closed ? offset + behind : offset };
  }
  return null;
}

/** What parses of what stands before the cursor's end and behind it. */
function whole(before: string, rest: string, tokens: readonly Token[]): Ast | null {
  const closed = closing(tokens);
  const attempts = [before + rest, `${before}${closed}`, `${before} : null${closed}`, ...withArgument(before, closed)];
  for (const attempt of attempts) {
    const ast = parsed(attempt);
    if (ast !== null) return ast;
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
