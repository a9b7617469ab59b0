import type { Scope } from '../environment/scope.ts';
import { LIST_COST } from '../evaluate/compiler.ts';
import { asFault } from '../evaluate/fault-place.ts';
import { isOptionalNode } from '../evaluate/optional-form.ts';
import type { Conditional, Expr, ListExpr, Logical } from '../syntax/ast.ts';
import { emitAttribute, emitBranch } from './attribute.ts';
import { emitCall } from './call.ts';
import type { Generator } from './generator.ts';
import { emitMacro } from './macro.ts';
import { type Operand, fixing } from './writer.ts';

/** Writes an expression that is no constant. What is rare, or makes maps and objects, is left to closures. */
export function emitExpression(expr: Expr, scope: Scope, g: Generator): Operand {
  switch (expr.kind) {
    case 'ident':
    case 'select':
      return emitAttribute(expr, scope, 1, g);
    case 'call':
      return expr.name === '_[_]' || isOptionalNode(expr) ? emitAttribute(expr, scope, 1, g) : emitCall(expr, scope, g);
    case 'logical':
      return emitLogical(expr, scope, g);
    case 'conditional':
      return emitConditional(expr, scope, g);
    case 'list':
      return emitList(expr, scope, g);
    case 'macro':
      return emitMacro(expr, scope, g);
    case 'map':
    case 'struct':
      return g.byClosure(expr, scope);
    case 'literal':
      throw new Error('a literal that is no constant');
  }
}

function emitLogical({ operator, args, offset }: Logical, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const decisive = operator === '||';
  const [label, result, fault] = [writer.label(), writer.temp(), writer.temp()];
  writer.flush();
  writer.line(`${fault}=undefined;${label}:{`);
  for (const arg of args) {
    const value = g.raw(arg, scope);
    writer.flush();
    writer.line(`if(${value.text}!==${!decisive}){`);
    writer.line(`if(${value.text}===${decisive}){${result}=${decisive};break ${label};}`);
    writer.line(`${g.failed(value, offset, fault)}}`);
  }
  writer.line(`${result}=${fault}===undefined?${!decisive}:${fault};}`);
  return { text: result, fix: '' };
}

function emitConditional({ condition, yes, no }: Conditional, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const value = g.raw(condition, scope);
  const result = writer.temp();
  writer.flush();
  for (const [is, branch] of [
    [true, yes],
    [false, no],
  ] as const) {
    writer.line(`if(${value.text}===${is}){`);
    const { text } = emitBranch(branch, scope, g);
    writer.flush();
    writer.line(`${result}=${text};}else `);
  }
  writer.line(`{${fixing(value)}${result}=${writer.constant(asFault)}(${value.text},${condition.offset});}`);
  return { text: result, fix: '' };
}

function emitList(expr: ListExpr, scope: Scope, g: Generator): Operand {
  if (expr.elements.some(({ optional }) => optional)) return g.byClosure(expr, scope);
  const { writer } = g;
  const [label, result] = [writer.label(), writer.temp()];
  writer.flush();
  writer.line(`${label}:{`);
  const texts = expr.elements.map(({ value }) => {
    const { text } = g.value(value, scope);
    writer.flush();
    writer.line(`if(${text} instanceof F){${result}=${text};break ${label};}`);
    return text;
  });
  writer.line(`${result}=[${texts.join(',')}];}`);
  writer.charge(LIST_COST);
  return { text: result, fix: '' };
}
