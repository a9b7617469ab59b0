import type { Ast, Expr, Literal } from './ast.ts';
import { CompileError, type Issue, positionAt } from './compile-error.ts';
import { type Token, tokenize } from './lexer.ts';
import { literalOf } from './literal.ts';
import { expandMacro } from './macros.ts';
import { MULTIPLICATION, RELATION, operatorOf } from './operator.ts';

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

/** Words that name no field. */
const unselectable = /^(?:in|true|false|null)$/;

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
  const quoted = tokens.filter(({ kind }) => kind === 'quoted-ident').map(({ offset }) => offset);
  return { source, expr, quoted };
}

/** The token at a place; the last one ends the source, and is never passed. */
function tokenOf(tokens: readonly Token[], at: number): Token {
  const token = tokens[at];
  if (token === undefined) throw new Error('no tokens');
  return token;
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #depthLimit: number;
  #at = 0;
  #token: Token;
  /** Where the last token ends. */
  #end = 0;
  #depth = 0;
  #ids = 0;

  constructor(source: string, tokens: readonly Token[], depthLimit: number) {
    this.#source = source;
    this.#tokens = tokens;
    this.#token = tokenOf(tokens, 0);
    this.#depthLimit = depthLimit;
  }

  parse(): Expr {
    const expr = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return expr;
  }

  #next(): void {
    this.#end = this.#token.end;
    this.#at += 1;
    this.#token = tokenOf(this.#tokens, this.#at);
  }

  #is(text: string): boolean {
    return this.#token.kind === 'punctuation' && this.#token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next();
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

  /** One level deeper; the bound keeps hostile input from the JavaScript stack, here and in later stages. */
  #enter(): void {
    this.#depth += 1;
    if (this.#depth > this.#depthLimit)
      throw this.#error(`expression recursion limit exceeded: ${this.#depthLimit}`, this.#token.offset);
  }

  #expression(): Expr {
    this.#enter();
    const { offset } = this.#token;
    const condition = this.#or();
    const expr = this.#take('?') ? this.#conditional(offset, condition) : condition;
    this.#depth -= 1;
    return expr;
  }

  #conditional(offset: number, condition: Expr): Expr {
    const yes = this.#or();
    this.#expect(':');
    const no = this.#expression();
    return { kind: 'conditional', condition, yes, no, id: this.#id(), offset, end: this.#end };
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
    return { kind: 'logical', operator, args: exact(args), id: this.#id(), offset, end: this.#end };
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
      const found = operatorOf(this.#token);
      if (found === undefined || found.level < least) return left;
      links = found.level === level ? links : 0;
      level = found.level;
      if (links >= this.#depthLimit * 4)
        throw this.#error(`expression recursion limit exceeded: ${this.#depthLimit * 4}`, this.#token.offset);
      links += 1;
      this.#next();
      const right = this.#binary(level + 1);
      left = {
        kind: 'call',
        name: found.name,
        target: null,
        args: [left, right],
        id: this.#id(),
        offset,
        end: this.#end,
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
      this.#next();
      return this.#members(offset, this.#literal(token, offset, true));
    }
    this.#enter();
    const operand = this.#member();
    this.#depth -= 1;
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
          end: this.#end,
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
      const { kind, text } = this.#token;
      if (kind !== 'punctuation') return expr;
      if (text === '.?') {
        this.#next();
        expr = {
          kind: 'select',
          operand: expr,
          field: this.#fieldName(),
          test: false,
          optional: true,
          id: this.#id(),
          offset,
          end: this.#end,
        } as const;
      } else if (text === '.') {
        this.#next();
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
            end: this.#end,
          } as const;
      } else if (text === '[') {
        this.#next();
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
          end: this.#end,
        } as const;
      } else if (text === '{' && dottedName(expr) !== null) {
        expr = this.#struct(offset, dottedName(expr) ?? '');
      } else {
        return expr;
      }
    }
  }

  #fieldName(): string {
    const token = this.#token;
    if (token.kind !== 'ident' && token.kind !== 'quoted-ident') throw this.#unexpected('a field name');
    if (token.kind === 'ident' && unselectable.test(token.text)) throw this.#unexpected('a field name');
    this.#next();
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
    const place = { id: this.#id(), offset, end: this.#end };
    if (macro !== null) return { ...macro, ...place };
    return { kind: 'call', name, target, args, id: place.id, offset, end: place.end };
  }

  #primary(): Expr {
    const token = this.#token;
    const { offset } = token;
    if (token.kind === 'ident' || token.kind === 'punctuation') {
      if (this.#is('(')) {
        this.#next();
        const inner = this.#expression();
        this.#expect(')');
        return inner;
      }
      if (this.#take('[')) return this.#list(offset);
      if (this.#take('{')) return this.#map(offset);
      return this.#named(offset);
    }
    if (token.kind === 'end' || token.kind === 'quoted-ident') throw this.#unexpected();
    this.#next();
    return this.#literal(token, offset, false);
  }

  #named(offset: number): Expr {
    const absolute = this.#take('.');
    const token = this.#token;
    if (token.kind !== 'ident' || token.text === 'in') throw this.#unexpected();
    this.#next();
    if (!absolute) {
      if (token.text === 'true' || token.text === 'false')
        return this.#constant(offset, { type: 'bool', value: token.text === 'true' });
      if (token.text === 'null') return this.#constant(offset, { type: 'null' });
    }
    if (reserved.test(token.text)) throw this.#error(`reserved identifier: ${token.text}`, token.offset);
    if (this.#take('(')) return this.#call(offset, token.text, null);
    return { kind: 'ident', name: token.text, absolute, id: this.#id(), offset, end: this.#end } as const;
  }

  #literal(token: Token, offset: number, negative: boolean): Expr {
    const value = literalOf(token, negative, (message) => this.#error(message, offset));
    if (value === null) throw this.#unexpected();
    return this.#constant(offset, value);
  }

  #constant(offset: number, value: Literal['value']): Expr {
    return { kind: 'literal', value, id: this.#id(), offset, end: this.#end };
  }

  #list(offset: number): Expr {
    const elements: { value: Expr; optional: boolean }[] = [];
    while (!this.#take(']')) {
      const optional = this.#take('?');
      elements.push({ optional, value: this.#expression() });
      if (!this.#take(',') && !this.#is(']')) throw this.#unexpected("']'");
    }
    return { kind: 'list', elements: exact(elements), id: this.#id(), offset, end: this.#end } as const;
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
    return { kind: 'map', entries: exact(entries), id: this.#id(), offset, end: this.#end } as const;
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
    return { kind: 'struct', type, fields: exact(fields), id: this.#id(), offset, end: this.#end } as const;
  }
}

/** `a.b.c` of identifiers and plain selections, as one dotted name; null for anything else. */
export function dottedName(expr: Expr): string | null {
  if (expr.kind === 'ident') return expr.absolute ? `.${expr.name}` : expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return null;
  const operand = dottedName(expr.operand);
  return operand === null ? null : `${operand}.${expr.field}`;
}
