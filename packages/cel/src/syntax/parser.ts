import type { Ast, Expr } from './ast.ts';
import { CompileError, type Issue, positionAt } from './compile-error.ts';
import { type Token, tokenize } from './lexer.ts';
import { expandMacro } from './macros.ts';

/** Bounds on what is parsed; cel-go's own defaults. */
export interface ParseLimits {
  /** UTF-16 units of source. */
  readonly length: number;
  /** Nested parentheses, calls, brackets and operators. */
  readonly depth: number;
}

const defaultLimits: ParseLimits = { length: 100_000, depth: 250 };

/** Words that name no variable (CEL specification, "Syntax": RESERVED). They may be field names. */
export const reserved =
  /^(?:as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;

const RELATION = 1;
const MULTIPLICATION = 3;
/** How closely operators bind; those of `||` and `&&` are no binary ones. */
const levels: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ['==', RELATION],
  ['!=', RELATION],
  ['<', RELATION],
  ['<=', RELATION],
  ['>', RELATION],
  ['>=', RELATION],
  ['+', 2],
  ['-', 2],
  ['*', MULTIPLICATION],
  ['/', MULTIPLICATION],
  ['%', MULTIPLICATION],
]);

/** 0 for what is no binary operator. */
function levelOf({ kind, text }: Token): number {
  if (kind === 'punctuation') return levels.get(text) ?? 0;
  return kind === 'ident' && text === 'in' ? RELATION : 0;
}

/** An array without the room that `push` leaves behind for more. */
function exact<T>(array: readonly T[]): readonly T[] {
  return array.slice();
}

/**
 * Parses one CEL expression with optional syntax and quoted fields.
 * @throws {CompileError} with line, column and caret.
 */
export function parse(source: string, limits: Partial<ParseLimits> = {}): Ast {
  const bounds = { ...defaultLimits, ...limits };
  if (source.length > bounds.length)
    throw new CompileError('', [
      {
        message: `expression size exceeds limit: ${source.length} > ${bounds.length}`,
        position: { line: 1, column: 1, offset: 0 },
      },
    ]);
  const tokens = tokenize(source);
  const expr = new Parser(source, tokens, bounds.depth).parse();
  return { source, expr, quoted: tokens.flatMap(({ kind, offset }) => (kind === 'quoted-ident' ? [offset] : [])) };
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #depthLimit: number;
  #at = 0;
  #depth = 0;
  #ids = 0;

  constructor(source: string, tokens: readonly Token[], depthLimit: number) {
    this.#source = source;
    this.#tokens = tokens;
    this.#depthLimit = depthLimit;
  }

  parse(): Expr {
    const expr = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return expr;
  }

  get #token(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1);
    if (token === undefined) throw new Error('no tokens');
    return token;
  }

  #is(text: string): boolean {
    return this.#token.kind === 'punctuation' && this.#token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): Token {
    const token = this.#token;
    if (!this.#take(text)) throw this.#unexpected(`'${text}'`);
    return token;
  }

  #error(message: string, offset: number): CompileError {
    const issue: Issue = { message, position: positionAt(this.#source, offset) };
    return new CompileError(this.#source, [issue]);
  }

  #unexpected(expected?: string): CompileError {
    const token = this.#token;
    const found = token.kind === 'end' ? '<EOF>' : this.#source.slice(token.offset, token.end);
    const wanted = expected === undefined ? '' : `, expecting ${expected}`;
    return this.#error(`Syntax error: unexpected '${found}'${wanted}`, token.offset);
  }

  /** Nodes are written with all their fields at once: V8 keeps fields that are added later in an array of their own. */
  #id(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Where the last token ends. */
  #end(offset: number): number {
    return this.#tokens[this.#at - 1]?.end ?? offset;
  }

  /** Runs one level deeper; the bound keeps hostile input from the JavaScript stack, here and in later stages. */
  #deeper<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > this.#depthLimit)
      throw this.#error(`expression recursion limit exceeded: ${this.#depthLimit}`, this.#token.offset);
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  #expression(): Expr {
    return this.#deeper(() => {
      const offset = this.#token.offset;
      const condition = this.#or();
      if (!this.#take('?')) return condition;
      const yes = this.#or();
      this.#expect(':');
      const no = this.#expression();
      return { kind: 'conditional', condition, yes, no, id: this.#id(), offset, end: this.#end(offset) } as const;
    });
  }

  #or(): Expr {
    const { offset } = this.#token;
    const first = this.#and();
    if (!this.#is('||')) return first;
    const args = [first];
    while (this.#take('||')) args.push(this.#and());
    return this.#logical(offset, '||', args);
  }

  #and(): Expr {
    const { offset } = this.#token;
    const first = this.#binary(RELATION);
    if (!this.#is('&&')) return first;
    const args = [first];
    while (this.#take('&&')) args.push(this.#binary(RELATION));
    return this.#logical(offset, '&&', args);
  }

  #logical(offset: number, operator: '&&' | '||', args: readonly Expr[]): Expr {
    return { kind: 'logical', operator, args: exact(args), id: this.#id(), offset, end: this.#end(offset) };
  }

  /**
   * Left-associative operators that bind at least as closely as `least`, by precedence climbing. Each adds a level to
   * the tree, so a chain of one level counts as depth, loosely.
   */
  #binary(least: number): Expr {
    const { offset } = this.#token;
    let left = this.#unary();
    let links = 0;
    for (let level = MULTIPLICATION; ;) {
      const found = levelOf(this.#token);
      if (found < least) return left;
      links = found === level ? links : 0;
      level = found;
      if (links >= this.#depthLimit * 4)
        throw this.#error(`expression recursion limit exceeded: ${this.#depthLimit * 4}`, this.#token.offset);
      links += 1;
      const { text } = this.#token;
      this.#at += 1;
      const right = this.#binary(level + 1);
      const name = text === 'in' ? '@in' : `_${text}_`;
      left = {
        kind: 'call',
        name,
        target: null,
        args: [left, right],
        id: this.#id(),
        offset,
        end: this.#end(offset),
      };
    }
  }

  #unary(): Expr {
    const offset = this.#token.offset;
    const sign = this.#is('!') ? '!' : this.#is('-') ? '-' : null;
    if (sign === null) return this.#member();
    let count = 0;
    while (this.#take(sign)) count += 1;
    const token = this.#token;
    if (sign === '-' && count === 1 && (token.kind === 'int' || token.kind === 'float')) {
      this.#at += 1;
      return this.#members(offset, this.#literal(token, offset, true));
    }
    const operand = this.#deeper(() => this.#member());
    // cel-go's grammar folds a run of one sign: an even number of them is none.
    return count % 2 === 0
      ? operand
      : ({
          kind: 'call',
          name: sign === '!' ? '!_' : '-_',
          target: null,
          args: [operand],
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const);
  }

  #member(): Expr {
    return this.#members(this.#token.offset, this.#primary());
  }

  #members(offset: number, first: Expr): Expr {
    let expr = first;
    for (let links = 0; ; links += 1) {
      if (links > this.#depthLimit * 4)
        throw this.#error(`expression recursion limit exceeded: ${this.#depthLimit * 4}`, this.#token.offset);
      if (this.#take('.?')) {
        expr = {
          kind: 'select',
          operand: expr,
          field: this.#fieldName(),
          test: false,
          optional: true,
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const;
      } else if (this.#take('.')) {
        const quoted = this.#token.kind === 'quoted-ident';
        const field = this.#fieldName();
        if (!quoted && this.#take('(')) expr = this.#call(offset, field, expr);
        else
          expr = {
            kind: 'select',
            operand: expr,
            field,
            test: false,
            optional: false,
            id: this.#id(),
            offset,
            end: this.#end(offset),
          } as const;
      } else if (this.#take('[')) {
        const name = this.#take('?') ? '_[?_]' : '_[_]';
        const index = this.#expression();
        this.#expect(']');
        expr = {
          kind: 'call',
          name,
          target: null,
          args: [expr, index],
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const;
      } else if (this.#is('{') && dottedName(expr) !== null) {
        expr = this.#struct(offset, dottedName(expr) ?? '');
      } else {
        return expr;
      }
    }
  }

  #fieldName(): string {
    const token = this.#token;
    if (token.kind !== 'ident' && token.kind !== 'quoted-ident') throw this.#unexpected('a field name');
    if (token.kind === 'ident' && ['in', 'true', 'false', 'null'].includes(token.text))
      throw this.#unexpected('a field name');
    this.#at += 1;
    return token.text;
  }

  #arguments(): readonly Expr[] {
    const args: Expr[] = [];
    if (this.#take(')')) return args;
    do args.push(this.#expression());
    while (this.#take(','));
    this.#expect(')');
    return exact(args);
  }

  #call(offset: number, name: string, target: Expr | null): Expr {
    const args = this.#arguments();
    const macro = expandMacro(name, target, args, (at, message) => this.#error(message, at));
    const place = { id: this.#id(), offset, end: this.#end(offset) };
    if (macro !== null) return { ...macro, ...place };
    return { kind: 'call', name, target, args, id: place.id, offset, end: place.end };
  }

  #primary(): Expr {
    const token = this.#token;
    const { offset } = token;
    if (token.kind === 'ident' || token.kind === 'punctuation') {
      if (this.#is('(')) {
        this.#at += 1;
        const inner = this.#expression();
        this.#expect(')');
        return inner;
      }
      if (this.#take('[')) return this.#list(offset);
      if (this.#take('{')) return this.#map(offset);
      return this.#named(offset);
    }
    if (token.kind === 'end' || token.kind === 'quoted-ident') throw this.#unexpected();
    this.#at += 1;
    return this.#literal(token, offset, false);
  }

  #named(offset: number): Expr {
    const absolute = this.#take('.');
    const token = this.#token;
    if (token.kind !== 'ident') throw this.#unexpected();
    this.#at += 1;
    if (!absolute) {
      if (token.text === 'true' || token.text === 'false')
        return {
          kind: 'literal',
          value: { type: 'bool', value: token.text === 'true' },
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const;
      if (token.text === 'null')
        return { kind: 'literal', value: { type: 'null' }, id: this.#id(), offset, end: this.#end(offset) } as const;
    }
    if (reserved.test(token.text)) throw this.#error(`reserved identifier: ${token.text}`, token.offset);
    if (token.text === 'in') {
      this.#at -= 1;
      throw this.#unexpected();
    }
    if (this.#take('(')) return this.#call(offset, token.text, null);
    return { kind: 'ident', name: token.text, absolute, id: this.#id(), offset, end: this.#end(offset) } as const;
  }

  #literal(token: Token, offset: number, negative: boolean): Expr {
    const text = negative ? `-${token.text}` : token.text;
    switch (token.kind) {
      case 'string':
      case 'bytes':
        return typeof token.content === 'string'
          ? ({
              kind: 'literal',
              value: { type: 'string', value: token.content },
              id: this.#id(),
              offset,
              end: this.#end(offset),
            } as const)
          : ({
              kind: 'literal',
              value: { type: 'bytes', value: token.content ?? new Uint8Array() },
              id: this.#id(),
              offset,
              end: this.#end(offset),
            } as const);
      case 'float': {
        const value = Number(text);
        if (!Number.isFinite(value)) throw this.#error('invalid double literal', offset);
        return {
          kind: 'literal',
          value: { type: 'double', value },
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const;
      }
      case 'uint': {
        const value = BigInt(token.text.slice(0, -1));
        if (value >= 2n ** 64n) throw this.#error('invalid uint literal', offset);
        return {
          kind: 'literal',
          value: { type: 'uint', value },
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const;
      }
      case 'int': {
        const value = negative ? -BigInt(token.text) : BigInt(token.text);
        if (value > 2n ** 63n - 1n || value < -(2n ** 63n)) throw this.#error('invalid int literal', offset);
        return {
          kind: 'literal',
          value: { type: 'int', value },
          id: this.#id(),
          offset,
          end: this.#end(offset),
        } as const;
      }
      default:
        throw this.#unexpected();
    }
  }

  #list(offset: number): Expr {
    const elements: { value: Expr; optional: boolean }[] = [];
    while (!this.#take(']')) {
      const optional = this.#take('?');
      elements.push({ optional, value: this.#expression() });
      if (!this.#take(',') && !this.#is(']')) throw this.#unexpected("']'");
    }
    return { kind: 'list', elements: exact(elements), id: this.#id(), offset, end: this.#end(offset) } as const;
  }

  #map(offset: number): Expr {
    const entries: { key: Expr; value: Expr; optional: boolean }[] = [];
    while (!this.#take('}')) {
      const optional = this.#take('?');
      const key = this.#expression();
      this.#expect(':');
      entries.push({ optional, key, value: this.#expression() });
      if (!this.#take(',') && !this.#is('}')) throw this.#unexpected("'}'");
    }
    return { kind: 'map', entries: exact(entries), id: this.#id(), offset, end: this.#end(offset) } as const;
  }

  #struct(offset: number, type: string): Expr {
    this.#expect('{');
    const fields: { name: string; value: Expr; optional: boolean }[] = [];
    while (!this.#take('}')) {
      const optional = this.#take('?');
      const name = this.#fieldName();
      this.#expect(':');
      fields.push({ optional, name, value: this.#expression() });
      if (!this.#take(',') && !this.#is('}')) throw this.#unexpected("'}'");
    }
    return { kind: 'struct', type, fields: exact(fields), id: this.#id(), offset, end: this.#end(offset) } as const;
  }
}

/** `a.b.c` of identifiers and plain selections, as one dotted name; null for anything else. */
export function dottedName(expr: Expr): string | null {
  if (expr.kind === 'ident') return expr.absolute ? `.${expr.name}` : expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return null;
  const operand = dottedName(expr.operand);
  return operand === null ? null : `${operand}.${expr.field}`;
}
