import { CompileError, positionAt } from './compile-error.ts';
import { unescapeBytes, unescapeString } from './escapes.ts';

/** A token of CEL; `text` is the source text, or the name of a quoted identifier. */
export interface Token {
  readonly kind: 'ident' | 'quoted-ident' | 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'punctuation' | 'end';
  readonly text: string;
  readonly offset: number;
  readonly end: number;
  /** The content of a string or bytes literal. */
  readonly content?: string | Uint8Array;
}

const space = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;
const number = /0x[0-9a-fA-F]+[uU]?|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/y;
const identifier = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const quotedIdentifier = /`([a-zA-Z0-9_.\-/ ]+)`/y;
const stringStart = /([rR]?[bB]?|[bB][rR])('''|"""|'|")/y;
const punctuation = /\.\?|&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()[\]{}]/y;

/**
 * The tokens of a CEL source (CEL specification, "Syntax"; cel-go parser/gen/CEL.g4 for quoted fields and optionals).
 * @throws {CompileError} at a character that begins no token, and at an unfinished string.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  while (true) {
    at += match(space)?.[0].length ?? 0;
    if (at >= source.length) break;
    const offset = at;
    const text = match(stringStart);
    if (text !== null) {
      tokens.push(stringToken(source, offset, text[1] ?? '', text[2] ?? ''));
      at = tokens.at(-1)?.end ?? at;
      continue;
    }
    const found = firstToken(match);
    if (found === null)
      throw lexical(
        source,
        offset,
        `token recognition error at: '${String.fromCodePoint(source.codePointAt(at) ?? 0)}'`,
      );
    at += found.length;
    tokens.push({ kind: found.kind, text: found.text, offset, end: at });
  }
  tokens.push({ kind: 'end', text: '<EOF>', offset: source.length, end: source.length });
  return tokens;
}

function firstToken(
  match: (pattern: RegExp) => RegExpExecArray | null,
): { kind: Token['kind']; text: string; length: number } | null {
  const digits = match(number)?.[0];
  if (digits !== undefined) return { kind: numberKind(digits), text: digits, length: digits.length };
  const name = match(identifier)?.[0];
  if (name !== undefined) return { kind: 'ident', text: name, length: name.length };
  const quoted = match(quotedIdentifier);
  if (quoted !== null) return { kind: 'quoted-ident', text: quoted[1] ?? '', length: quoted[0].length };
  const sign = match(punctuation)?.[0];
  return sign === undefined ? null : { kind: 'punctuation', text: sign, length: sign.length };
}

function numberKind(text: string): Token['kind'] {
  if (/[uU]$/.test(text)) return 'uint';
  return !text.startsWith('0x') && /[.eE]/.test(text) ? 'float' : 'int';
}

function stringToken(source: string, offset: number, prefix: string, quote: string): Token {
  const raw = /r/i.test(prefix);
  const bytes = /b/i.test(prefix);
  const start = offset + prefix.length + quote.length;
  let at = start;
  while (!source.startsWith(quote, at)) {
    const c = source[at];
    if (c === undefined || (quote.length === 1 && (c === '\n' || c === '\r')))
      throw lexical(source, offset, `unterminated string literal, ${quote} is missing`);
    at += c === '\\' && !raw ? 2 : 1;
  }
  const end = at + quote.length;
  const text = source.slice(start, at);
  try {
    if (bytes) return { kind: 'bytes', text, offset, end, content: unescapeBytes(text, raw) };
    return { kind: 'string', text, offset, end, content: raw ? text : unescapeString(text) };
  } catch (error) {
    if (error instanceof SyntaxError) throw lexical(source, offset, error.message);
    throw error;
  }
}

function lexical(source: string, offset: number, message: string): CompileError {
  return new CompileError(source, [{ message: `Syntax error: ${message}`, position: positionAt(source, offset) }]);
}
