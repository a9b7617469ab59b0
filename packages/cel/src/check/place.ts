import type { Expr, Macro } from '../syntax/ast.ts';

/**
 * Where cel-go says that an expression is (parser/parser.go, the token whose id it takes): an operator's sign, the dot
 * of a selection, the parenthesis of a call or macro, the bracket of an index, list or map; the first character of the
 * rest. A UTF-16 offset.
 */
export function placeOf(expr: Expr, source: string): number {
  switch (expr.kind) {
    case 'ident':
      return expr.absolute ? skipSpace(source, expr.offset + 1) : expr.offset;
    case 'select':
      return expr.test ? openParenthesis(source, expr.offset) : afterOperand(source, expr.operand.end);
    case 'call': {
      if (expr.target !== null) return openParenthesis(source, afterOperand(source, expr.target.end) + 1);
      if (/^[a-zA-Z@.]/.test(expr.name) && expr.name !== '@in') return openParenthesis(source, expr.offset);
      const [first, second] = expr.args;
      return second === undefined || first === undefined ? expr.offset : afterOperand(source, first.end);
    }
    case 'logical':
      return afterOperand(source, expr.args[expr.args.length >> 1]?.end ?? expr.offset);
    case 'conditional':
      return afterOperand(source, expr.condition.end);
    case 'struct':
      return source.indexOf('{', expr.offset);
    case 'macro':
      return placeOfMacro(expr, source);
    default:
      return expr.offset;
  }
}

/** The colon before a field's value. */
export function placeOfField(value: Expr, source: string): number {
  return source.lastIndexOf(':', value.offset);
}

function placeOfMacro(macro: Macro, source: string): number {
  const start = macro.name === 'bind' ? source.indexOf('.', macro.offset) : afterOperand(source, macro.range.end);
  return openParenthesis(source, start + 1);
}

/** The parenthesis behind a name. */
function openParenthesis(source: string, from: number): number {
  return source.indexOf('(', from);
}

/** The first character behind an operand that is no space, comment or closing parenthesis. */
function afterOperand(source: string, from: number): number {
  let at = skipSpace(source, from);
  while (source[at] === ')') at = skipSpace(source, at + 1);
  return at;
}

/** The first character that is no space and in no comment. */
export function skipSpace(source: string, from: number): number {
  const space = /(?:\s|\/\/[^\n]*(?:\n|$))*/y;
  space.lastIndex = from;
  space.exec(source);
  return space.lastIndex;
}
