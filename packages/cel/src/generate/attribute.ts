import type { Scope, Source } from '../environment/scope.ts';
import { type Root, indexParts, isAttribute, isChain, isConditional, wrapped } from '../evaluate/attribute.ts';
import { constantOf } from '../evaluate/constant.ts';
import { isOptionalNode } from '../evaluate/optional-form.ts';
import type { Call, Expr, Ident, Select } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';
import { type Step, fieldStep, refuses, taken, trailingSteps } from './step.ts';
import { BAIL, type Operand, operandOf } from './writer.ts';

/** Writes a name, a selection or an index. */
export function emitAttribute(expr: Ident | Select | Call, scope: Scope, root: Root, g: Generator): Operand {
  const { writer } = g;
  if (expr.kind === 'ident') return emitSource(required(scope.sourceOf(expr)), root, g);
  if (isOptionalNode(expr)) {
    const target = writer.temp();
    writer.line(`${target}=undefined;`);
    writer.block((label) => {
      writer.line(`${target}=${emitOptional(expr, scope, root, g, `break ${label};`).text};`);
    });
    writer.line(`${target}=${writer.constant(wrapped)}(${target});`);
    return { text: target, kind: 'any' };
  }
  const whole = expr.kind === 'select' ? scope.wholeSource(expr) : null;
  return whole === null ? emitChain(expr, scope, root, g) : emitSource(whole, root, g);
}

function required(source: Source | null): Source {
  if (source === null) throw new Error('a name that is not declared');
  return source;
}

function emitSource(source: Source, root: Root, g: Generator): Operand {
  g.writer.charge(root);
  switch (source.kind) {
    case 'slot':
      return g.slot(source.slot);
    case 'lazy':
      return g.bound(source.slot);
    case 'composed':
      g.writer.charge(1);
      return g.composed(source.index, source.read(0));
    case 'whole':
      g.writer.line(BAIL);
      return { text: 'null', kind: 'any' };
  }
}

/** What a selection reads from: another chain, or any other value, which makes a chain of its own. */
function emitOperand(expr: Expr, scope: Scope, root: Root, g: Generator): Operand {
  const { writer } = g;
  const constant = constantOf(expr, scope);
  if (constant !== undefined) {
    writer.charge(root);
    return operandOf(constant, writer);
  }
  if (isAttribute(expr)) return emitAttribute(expr, scope, root, g);
  const value = g.value(expr, scope);
  if (!isConditional(expr)) writer.charge(root);
  return value;
}

/** Writes a key, or a branch of `?:`: without what a chain costs by itself. */
export function emitUncharged(expr: Expr, scope: Scope, g: Generator): Operand {
  return isChain(expr, scope) ? emitAttribute(expr, scope, 0, g) : g.value(expr, scope);
}

/** A chain of fields and elements that all have to be there. */
function emitChain(expr: Select | Call, scope: Scope, root: Root, g: Generator): Operand {
  const { writer } = g;
  const { steps, from } = trailingSteps(expr, scope, (operand) => {
    const isWhole = operand.kind === 'select' && scope.wholeSource(operand) !== null;
    return constantOf(operand, scope) === undefined && !isWhole && isPlainStep(operand);
  });
  if (steps.length === 0) return emitIndex(expr, scope, root, g);
  const base = emitOperand(from, scope, root, g);
  writer.charge(steps.length);
  let { text } = base;
  let path = base.path ?? null;
  for (const step of steps) {
    path = g.paths.next(path, step);
    const ahead = g.paths.value(path);
    if (ahead === null && step.way !== 'direct') {
      text = settled(text, g);
      writer.line(`if(${refuses(text, step)})${BAIL}`);
    }
    text = ahead ?? taken(text, step);
  }
  const target = settled(text, g);
  writer.line(`if(${target}===undefined)${BAIL}`);
  return { text: target, kind: 'any', path };
}

/** A name for what was read. */
function settled(text: string, g: Generator): string {
  if (!text.includes('[')) return text;
  const target = g.writer.temp();
  g.writer.line(`${target}=${text};`);
  return target;
}

/** A step of a chain without optionals. */
function isPlainStep(expr: Expr): boolean {
  return isAttribute(expr) && expr.kind !== 'ident' && !isOptionalNode(expr);
}

/** What is in a map or list under a computed key; undefined where nothing is. */
function emitLookup(from: Operand, key: Operand, g: Generator): string {
  const { writer } = g;
  const target = writer.temp();
  const [container, at] = [from.text, key.text];
  const inMap = `typeof ${at}==="string"&&${container}?.__proto__===O`;
  writer.line(`if(${inMap})${target}=Object.hasOwn(${container},${at})?${container}[${at}]:undefined;`);
  writer.line(
    `else if(Array.isArray(${container})&&Number.isSafeInteger(${at}))${target}=${container}[${at}];else ${BAIL}`,
  );
  return target;
}

/** An index whose key is computed. */
function emitIndex(expr: Select | Call, scope: Scope, root: Root, g: Generator): Operand {
  const parts = indexParts(expr);
  if (parts === null) throw new Error('an index that is none');
  const from = emitOperand(parts[0], scope, root, g);
  const target = emitLookup(from, emitUncharged(parts[1], scope, g), g);
  g.writer.charge(1);
  g.writer.line(`if(${target}===undefined)${BAIL}`);
  return { text: target, kind: 'any' };
}

/** `has(a.b)` costs the steps alone. */
export function jumpTest({ operand, field }: Select, scope: Scope, g: Generator, want: boolean, to: string): void {
  const { writer } = g;
  const from = emitOperand(operand, scope, 0, g);
  const step = fieldStep(field);
  const ahead = g.paths.value(g.paths.next(from.path, step));
  const target = ahead ?? writer.temp();
  const refused = ahead === null ? refuses(from.text, step) : null;
  if (refused !== null) writer.line(`if(${refused})${BAIL}`);
  const odd = ahead === null && refused === null ? g.refuseOdd(from, step, want) : '';
  const found = ahead ?? `(${target}=${taken(from.text, step)})`;
  const fault = `if(${target} instanceof F)${BAIL}`;
  writer.charge(1);
  writer.branch(
    want ? `if(${found}!==undefined){${fault}${to}}${odd}` : `if(${found}===undefined){${odd}${to}}${fault}`,
  );
}

/**
 * Writes a node of optional type without its wrapper: where it is none, the statement `none` is next. From the first
 * `.?` on, a step to what is not there ends the chain uncharged.
 */
export function emitOptional(expr: Expr, scope: Scope, root: Root, g: Generator, none: string): Operand {
  const { writer } = g;
  if (expr.kind !== 'select' && expr.kind !== 'call') throw new Error('an optional chain that is none');
  const { steps, from } = trailingSteps(expr, scope, isOptionalNode);
  if (steps.length === 0) return emitOptionalIndex(expr, scope, root, g, none);
  const base = isOptionalNode(from) ? emitOptional(from, scope, root, g, none) : emitOperand(from, scope, root, g);
  const pending = writer.take();
  let { text } = base;
  let path = base.path ?? null;
  for (const [i, step] of steps.entries()) {
    const before = path;
    path = g.paths.next(path, step);
    const units = pending + i;
    const ended = units === 0 || writer.costs === 'bound' ? none : `n+=${units};${none}`;
    text = emitStep({ text, path: before }, step, g.paths.value(path), g, ended);
  }
  writer.charge(pending + steps.length);
  return { text, kind: 'any', path };
}

function emitStep(
  from: Pick<Operand, 'text' | 'path'>,
  step: Step,
  ahead: string | null,
  g: Generator,
  none: string,
): string {
  const { writer } = g;
  if (ahead !== null) {
    writer.line(`if(${ahead}===undefined){${none}}`);
    return ahead;
  }
  const target = writer.temp();
  const refused = refuses(from.text, step);
  if (refused !== null) writer.line(`if(${refused})${BAIL}`);
  const odd = refused === null ? g.refuseOdd(from, step, false) : '';
  writer.line(`if((${target}=${taken(from.text, step)})===undefined){${odd}${none}}`);
  return target;
}

/** An index of an optional chain whose key is computed. */
function emitOptionalIndex(expr: Select | Call, scope: Scope, root: Root, g: Generator, none: string): Operand {
  const parts = indexParts(expr);
  if (parts === null) throw new Error('an index that is none');
  const [container, key] = parts;
  const isInner = isOptionalNode(container);
  const from = isInner ? emitOptional(container, scope, root, g, none) : emitOperand(container, scope, root, g);
  const target = emitLookup(from, emitUncharged(key, scope, g), g);
  g.writer.branch(`if(${target}===undefined){${none}}`);
  g.writer.charge(1);
  return { text: target, kind: 'any' };
}
