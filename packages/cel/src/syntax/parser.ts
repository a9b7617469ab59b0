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

const relations = new Set(['==', '!=', '<', '<=', '>', '>=']);

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

  #node<T extends object>(offset: number, node: T): T & { id: number; offset: number; end: number } {
    this.#ids += 1;
    return { ...node, id: this.#ids, offset, end: this.#tokens[this.#at - 1]?.end ?? offset };
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
      return this.#node(offset, { kind: 'conditional', condition, yes, no } as const);
    });
  }

  #or(): Expr {
    return this.#chain('||', () => this.#chain('&&', () => this.#relation()));
  }

  #chain(operator: '&&' | '||', operand: () => Expr): Expr {
    const offset = this.#token.offset;
    const first = operand();
    if (!this.#is(operator)) return first;
    const args = [first];
    while (this.#take(operator)) args.push(operand());
    return this.#node(offset, { kind: 'logical', operator, args } as const);
  }

  #relation(): Expr {
    return this.#binary(
      () => this.#addition(),
      (token) =>
        token.kind === 'ident' && token.text === 'in'
          ? '@in'
          : relations.has(token.text) && token.kind === 'punctuation'
            ? `_${token.text}_`
            : null,
    );
  }

  #addition(): Expr {
    return this.#binary(() => this.#multiplication(), operators('+', '-'));
  }

  #multiplication(): Expr {
    return this.#binary(() => this.#unary(), operators('*', '/', '%'));
  }

  /** Left-associative operators of one level. Each adds a level to the tree, so a chain counts as depth, loosely. */
  #binary(operand: () => Expr, nameOf: (token: Token) => string | null): Expr {
    const offset = this.#token.offset;
    let left = operand();
    for (let links = 0; ; links += 1) {
      const name = nameOf(this.#token);
      if (name === null) return left;
      if (links >= this.#depthLimit * 4)
        throw this.#error(`expression recursion limit exceeded: ${this.#depthLimit * 4}`, this.#token.offset);
      this.#at += 1;
      const right = operand();
      left = this.#node(offset, { kind: 'call', name, target: null, args: [left, right] } as const);
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
      : this.#node(offset, { kind: 'call', name: sign === '!' ? '!_' : '-_', target: null, args: [operand] } as const);
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
        expr = this.#node(offset, {
          kind: 'select',
          operand: expr,
          field: this.#fieldName(),
          test: false,
          optional: true,
        } as const);
      } else if (this.#take('.')) {
        const quoted = this.#token.kind === 'quoted-ident';
        const field = this.#fieldName();
        if (!quoted && this.#take('(')) expr = this.#call(offset, field, expr);
        else expr = this.#node(offset, { kind: 'select', operand: expr, field, test: false, optional: false } as const);
      } else if (this.#take('[')) {
        const name = this.#take('?') ? '_[?_]' : '_[_]';
        const index = this.#expression();
        this.#expect(']');
        expr = this.#node(offset, { kind: 'call', name, target: null, args: [expr, index] } as const);
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

  #arguments(): Expr[] {
    const args: Expr[] = [];
    if (this.#take(')')) return args;
    do args.push(this.#expression());
    while (this.#take(','));
    this.#expect(')');
    return args;
  }

  #call(offset: number, name: string, target: Expr | null): Expr {
    const args = this.#arguments();
    const macro = expandMacro(name, target, args, (at, message) => this.#error(message, at));
    return this.#node(offset, macro ?? ({ kind: 'call', name, target, args } as const));
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
        return this.#node(offset, { kind: 'literal', value: { type: 'bool', value: token.text === 'true' } } as const);
      if (token.text === 'null') return this.#node(offset, { kind: 'literal', value: { type: 'null' } } as const);
    }
    if (reserved.test(token.text)) throw this.#error(`reserved identifier: ${token.text}`, token.offset);
    if (token.text === 'in') {
      this.#at -= 1;
      throw this.#unexpected();
    }
    if (this.#take('(')) return this.#call(offset, token.text, null);
    return this.#node(offset, { kind: 'ident', name: token.text, absolute } as const);
  }

  #literal(token: Token, offset: number, negative: boolean): Expr {
    const text = negative ? `-${token.text}` : token.text;
    switch (token.kind) {
      case 'string':
      case 'bytes':
        return typeof token.content === 'string'
          ? this.#node(offset, { kind: 'literal', value: { type: 'string', value: token.content } } as const)
          : this.#node(offset, {
              kind: 'literal',
              value: { type: 'bytes', value: token.content ?? new Uint8Array() },
            } as const);
      case 'float': {
        const value = Number(text);
        if (!Number.isFinite(value)) throw this.#error('invalid double literal', offset);
        return this.#node(offset, { kind: 'literal', value: { type: 'double', value } } as const);
      }
      case 'uint': {
        const value = BigInt(token.text.slice(0, -1));
        if (value >= 2n ** 64n) throw this.#error('invalid uint literal', offset);
        return this.#node(offset, { kind: 'literal', value: { type: 'uint', value } } as const);
      }
      case 'int': {
        const value = negative ? -BigInt(token.text) : BigInt(token.text);
        if (value > 2n ** 63n - 1n || value < -(2n ** 63n)) throw this.#error('invalid int literal', offset);
        return this.#node(offset, { kind: 'literal', value: { type: 'int', value } } as const);
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
    return this.#node(offset, { kind: 'list', elements } as const);
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
    return this.#node(offset, { kind: 'map', entries } as const);
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
    return this.#node(offset, { kind: 'struct', type, fields } as const);
  }
}

function operators(...signs: string[]): (token: Token) => string | null {
  return (token) => (token.kind === 'punctuation' && signs.includes(token.text) ? `_${token.text}_` : null);
}

/** `a.b.c` of identifiers and plain selections, as one dotted name; null for anything else. */
export function dottedName(expr: Expr): string | null {
  if (expr.kind === 'ident') return expr.absolute ? `.${expr.name}` : expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return null;
  const operand = dottedName(expr.operand);
  return operand === null ? null : `${operand}.${expr.field}`;
}
