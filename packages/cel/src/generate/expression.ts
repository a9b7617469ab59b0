import type { Scope } from '../environment/scope.ts';
import { LIST_COST } from '../evaluate/compiler.ts';
import { isAttribute } from '../evaluate/attribute.ts';
import { isOptionalNode } from '../evaluate/optional-form.ts';
import { isReread } from '../evaluate/reread.ts';
import type { Conditional, Expr, ListExpr, Logical } from '../syntax/ast.ts';
import { emitAttribute, emitUncharged, jumpTest } from './attribute.ts';
import { emitCall, jumpCall } from './call.ts';
import type { Generator } from './generator.ts';
import { emitMacro, jumpQuantifier } from './macro.ts';
import { BAIL, type Operand } from './writer.ts';

/** Writes an expression that is no constant. What is rare, or makes maps and objects, is left to closures. */
export function emitValue(expr: Expr, scope: Scope, g: Generator): Operand {
  switch (expr.kind) {
    case 'ident':
      return emitAttribute(expr, scope, 1, g);
    case 'select':
      if (!expr.test) return emitAttribute(expr, scope, 1, g);
      return isOptionalNode(expr.operand) ? g.byClosure(expr, scope) : decided(expr, scope, g);
    case 'call':
      if (expr.name === '_[_]' || isOptionalNode(expr)) return emitAttribute(expr, scope, 1, g);
      return emitCall(expr, scope, g) ?? decided(expr, scope, g);
    case 'logical':
      return decided(expr, scope, g);
    case 'conditional':
      return emitConditional(expr, scope, g);
    case 'list':
      return emitList(expr, scope, g);
    case 'macro':
      return emitMacro(expr, scope, g) ?? decided(expr, scope, g);
    case 'map':
    case 'struct':
      return g.byClosure(expr, scope);
    case 'literal':
      throw new Error('a literal that is no constant');
  }
}

/** Writes a condition as jumps; false for what is written as a value. */
export function emitJump(expr: Expr, scope: Scope, g: Generator, want: boolean, to: string): boolean {
  switch (expr.kind) {
    case 'select':
      if (!expr.test || isOptionalNode(expr.operand)) return false;
      jumpTest(expr, scope, g, want, to);
      return true;
    case 'call':
      return jumpCall(expr, scope, g, want, to);
    case 'logical':
      jumpLogical(expr, scope, g, want, to);
      return true;
    case 'conditional':
      jumpConditional(expr, scope, g, want, to);
      return true;
    case 'macro':
      return jumpQuantifier(expr, scope, g, want, to);
    default:
      return false;
  }
}

/** The value of a condition that is written as jumps. */
function decided(expr: Expr, scope: Scope, g: Generator): Operand {
  const target = g.writer.temp();
  g.writer.line(`${target}=true;`);
  g.writer.block((label) => {
    g.jump(expr, scope, true, `break ${label};`);
    g.writer.branch(`${target}=false;`);
  });
  return { text: target, kind: 'bool' };
}

function jumpLogical({ operator, args }: Logical, scope: Scope, g: Generator, want: boolean, to: string): void {
  const decisive = operator === '||';
  if (want === decisive) {
    for (const arg of args) g.jump(arg, scope, decisive, to);
    return;
  }
  g.writer.block((label) => {
    for (const arg of args) g.jump(arg, scope, decisive, `break ${label};`);
    g.writer.branch(to);
  });
}

/** Writes both branches of `?:`, one of them after the other. */
function branches(
  { condition, yes, no }: Conditional,
  scope: Scope,
  g: Generator,
  write: (branch: Expr) => void,
): void {
  g.writer.block((end) => {
    g.writer.block((otherwise) => {
      g.jump(condition, scope, false, `break ${otherwise};`);
      write(yes);
      g.writer.branch(`break ${end};`);
    });
    write(no);
  });
}

function emitConditional(expr: Conditional, scope: Scope, g: Generator): Operand {
  const target = g.writer.temp();
  branches(expr, scope, g, (branch) => {
    const { text, kind } = emitUncharged(branch, scope, g);
    g.writer.line(`${target}=${text};`);
    if (isReread(branch) && (kind === 'any' || kind === 'value')) g.writer.line(`if(${target} instanceof H)${BAIL}`);
  });
  return { text: target, kind: 'any' };
}

function jumpConditional(expr: Conditional, scope: Scope, g: Generator, want: boolean, to: string): void {
  branches(expr, scope, g, (branch) => {
    if (isAttribute(branch)) g.test(emitUncharged(branch, scope, g), want, to);
    else g.jump(branch, scope, want, to);
  });
}

function emitList(expr: ListExpr, scope: Scope, g: Generator): Operand {
  if (expr.elements.some(({ optional }) => optional)) return g.byClosure(expr, scope);
  const { writer } = g;
  const result = writer.temp();
  const texts = expr.elements.map(({ value }) => g.known(g.value(value, scope)).text);
  writer.charge(LIST_COST);
  writer.line(`${result}=[${texts.join(',')}];`);
  return { text: result, kind: 'list' };
}
