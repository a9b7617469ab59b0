/** What escapes of one letter stand for; any other character stands for itself. */
const letters = 'abfnrtv';
const controls = '\u0007\b\f\n\r\t\v';
const escape =
  /\\(?:([abfnrtv\\'"`?])|x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

interface Piece {
  readonly text: string;
  /** A code point (`\u`, `\U`) or a byte value (`\x`, octal); undefined for literal text. */
  readonly code: number | undefined;
  readonly unicode: boolean;
}

function* pieces(text: string): Generator<Piece> {
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('\\', at);
    if (next !== at) {
      const end = next === -1 ? text.length : next;
      yield { text: text.slice(at, end), code: undefined, unicode: false };
      at = end;
      continue;
    }
    escape.lastIndex = at;
    const match = escape.exec(text);
    if (match === null)
      throw new SyntaxError(`unable to unescape string: \\${text[at + 1] ?? ''} is no escape sequence`);
    const [whole, letter, hex, upperHex, short, long, octal] = match;
    const unicode = short !== undefined || long !== undefined;
    const code =
      letter === undefined
        ? octal === undefined
          ? parseInt(hex ?? upperHex ?? short ?? long ?? '', 16)
          : parseInt(octal, 8)
        : (controls[letters.indexOf(letter)] ?? letter).charCodeAt(0);
    yield { text: whole, code, unicode };
    at += whole.length;
  }
}

/** The text of a string literal; `\x` and octal are code points. @throws {SyntaxError} at a false escape. */
export function unescapeString(text: string): string {
  if (!text.includes('\\')) return text;
  let result = '';
  for (const piece of pieces(text)) {
    if (piece.code !== undefined && (piece.code > 0x10ffff || (piece.code >= 0xd800 && piece.code <= 0xdfff)))
      throw new SyntaxError(`unable to unescape string: ${piece.text} is no Unicode code point`);
    result += piece.code === undefined ? piece.text : String.fromCodePoint(piece.code);
  }
  return result;
}

/** The bytes of a bytes literal; `\x` and octal are bytes, other text is UTF-8. @throws {SyntaxError} as above. */
export function unescapeBytes(text: string, raw: boolean): Uint8Array {
  const encoder = new TextEncoder();
  if (raw) return encoder.encode(text);
  const parts: number[] = [];
  for (const piece of pieces(text)) {
    if (piece.unicode) throw new SyntaxError(`unable to unescape string: ${piece.text} may not stand in bytes`);
    if (piece.code === undefined) parts.push(...encoder.encode(piece.text));
    else parts.push(piece.code);
  }
  return Uint8Array.from(parts);
}
