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
const quotedIdentifier = /`([a-zA-Z0-9_.\-/ ]+)`/y;
const stringStart = /([rR]?[bB]?|[bB][rR])('''|"""|'|")/y;
const ASCII = 128;
/** Signs by their units: the first one, and the second one times {@link ASCII}. */
const signs: ReadonlyMap<number, string> = /* @__PURE__ */ signTable();

/** What a token may be by its first unit; 0 is a sign, or nothing. */
const SPACE = 1;
const LETTER = 2;
/** Or the prefix of a string: b, B, r, R. */
const PREFIX = 3;
const DIGIT = 4;
const QUOTE = 5;
const DOT = 6;
const SLASH = 7;
const BACKQUOTE = 8;
const classes = /* @__PURE__ */ classTable();

function signTable(): ReadonlyMap<number, string> {
  const all = '.? && || == != <= >= - + * / % ! < > ? : . , ( ) [ ] { }'.split(' ');
  return new Map(all.map((sign) => [sign.charCodeAt(0) + (sign.charCodeAt(1) || 0) * ASCII, sign]));
}

function classTable(): Uint8Array {
  const table = new Uint8Array(ASCII);
  const set = (units: string, kind: number): void => {
    for (const unit of units) table[unit.charCodeAt(0)] = kind;
  };
  for (let unit = 0; unit < ASCII; unit += 1) if (/\w/.test(String.fromCharCode(unit))) table[unit] = LETTER;
  set(' \t\r\n\f', SPACE);
  set('bBrR', PREFIX);
  set('0123456789', DIGIT);
  set('\'"', QUOTE);
  set('.', DOT);
  set('/', SLASH);
  set('`', BACKQUOTE);
  return table;
}

function classAt(source: string, at: number): number {
  return classes[source.charCodeAt(at)] ?? 0;
}

/**
 * The tokens of a CEL source (CEL specification, "Syntax"; cel-go parser/gen/CEL.g4 for quoted fields and optionals).
 * @throws {CompileError} at a character that begins no token, and at an unfinished string.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = spaceEnd(source, 0); at < source.length;) {
    const token = tokenAt(source, at);
    if (token === null) {
      const found = String.fromCodePoint(source.codePointAt(at) ?? 0);
      throw lexical(source, at, `token recognition error at: '${found}'`);
    }
    tokens.push(token);
    at = spaceEnd(source, token.end);
  }
  tokens.push({ kind: 'end', text: '<EOF>', offset: source.length, end: source.length });
  return tokens;
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** Where space and comments from `at` on end. */
function spaceEnd(source: string, at: number): number {
  const kind = classAt(source, at);
  if (kind !== SPACE && kind !== SLASH) return at;
  if (kind === SPACE && classAt(source, at + 1) !== SPACE && classAt(source, at + 1) !== SLASH) return at + 1;
  return at + (match(space, source, at)?.[0].length ?? 0);
}

function tokenAt(source: string, at: number): Token | null {
  const kind = classAt(source, at);
  if (kind === LETTER) return identifierAt(source, at);
  if (kind === QUOTE || kind === PREFIX) {
    const start = match(stringStart, source, at);
    return start === null ? identifierAt(source, at) : stringToken(source, at, start[1] ?? '', start[2] ?? '');
  }
  if (kind === DIGIT || (kind === DOT && classAt(source, at + 1) === DIGIT)) {
    const text = match(number, source, at)?.[0];
    return text === undefined ? null : { kind: numberKind(text), text, offset: at, end: at + text.length };
  }
  if (kind === BACKQUOTE) {
    const quoted = match(quotedIdentifier, source, at);
    return quoted === null
      ? null
      : { kind: 'quoted-ident', text: quoted[1] ?? '', offset: at, end: at + quoted[0].length };
  }
  const unit = source.charCodeAt(at);
  const text = unit < ASCII ? (signs.get(unit + source.charCodeAt(at + 1) * ASCII) ?? signs.get(unit)) : undefined;
  return text === undefined ? null : { kind: 'punctuation', text, offset: at, end: at + text.length };
}

function identifierAt(source: string, at: number): Token {
  let end = at + 1;
  for (
    let kind = classAt(source, end);
    kind === LETTER || kind === PREFIX || kind === DIGIT;
    kind = classAt(source, end)
  )
    end += 1;
  return { kind: 'ident', text: source.slice(at, end), offset: at, end };
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
