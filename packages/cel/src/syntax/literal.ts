import type { Literal } from './ast.ts';
import type { CompileError } from './compile-error.ts';
import type { Token } from './lexer.ts';

/**
 * The value that a token writes, `negative` behind a minus; null for a token that is no literal.
 * @throws {CompileError} that `fail` makes, for a number that its type cannot hold.
 */
export function literalOf(
  { kind, text, content }: Token,
  negative: boolean,
  fail: (message: string) => CompileError,
): Literal['value'] | null {
  switch (kind) {
    case 'string':
    case 'bytes':
      return typeof content === 'string'
        ? { type: 'string', value: content }
        : { type: 'bytes', value: content ?? new Uint8Array() };
    case 'float': {
      const value = Number(negative ? `-${text}` : text);
      if (!Number.isFinite(value)) throw fail('invalid double literal');
      return { type: 'double', value };
    }
    case 'uint': {
      const value = BigInt(text.slice(0, -1));
      if (value >= 2n ** 64n) throw fail('invalid uint literal');
      return { type: 'uint', value };
    }
    case 'int': {
      const value = negative ? -BigInt(text) : BigInt(text);
      if (value > 2n ** 63n - 1n || value < -(2n ** 63n)) throw fail('invalid int literal');
      return { type: 'int', value };
    }
    default:
      return null;
  }
}
