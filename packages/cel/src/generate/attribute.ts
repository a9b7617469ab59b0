import type { Scope, Source } from '../environment/scope.ts';
import {
  type Root,
  index,
  indexOptional,
  indexParts,
  isAttribute,
  isConditional,
  unwrapped,
  wrapped,
} from '../evaluate/attribute.ts';
import { constantOf } from '../evaluate/constant.ts';
import { at } from '../evaluate/fault-place.ts';
import { isInherited } from '../evaluate/field-reader.ts';
import { tested } from '../evaluate/presence.ts';
import { isOptionalNode } from '../evaluate/optional-form.ts';
import { stepOf as fieldStepOf } from '../evaluate/path.ts';
import type { Call, Expr, Ident, Select } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';
import { type Step, walkOptional, walkSteps } from './step.ts';
import { type Operand, fixing, isFault, operandOf, quoted } from './writer.ts';

/** Writes a name, a selection, a presence test or an index. */
export function emitAttribute(expr: Ident | Select | Call, scope: Scope, root: Root, g: Generator): Operand {
  if (expr.kind === 'ident') return emitSource(required(scope.sourceOf(expr)), root, g);
  if (isOptionalNode(expr)) {
    const { writer } = g;
    const found = writer.settle(emitOptional(expr, scope, root, g));
    writer.line(`${found.text}=${writer.constant(wrapped)}(${found.text});`);
    return found;
  }
  if (expr.kind === 'select' && expr.test) return emitTest(expr, scope, g);
  const whole = expr.kind === 'select' ? scope.wholeSource(expr) : null;
  if (whole !== null) return emitSource(whole, root, g);
  return emitChain(expr, scope, root, g);
}

function required(source: Source | null): Source {
  if (source === null) throw new Error('a name that is not declared');
  return source;
}

function emitSource(source: Source, root: Root, g: Generator): Operand {
  const { writer } = g;
  writer.charge(root);
  if (source.kind === 'slot') return g.slot(source.slot, source.declared);
  const target = writer.temp();
  if (source.kind === 'composed') writer.charge(1);
  writer.flush();
  const place = source.kind === 'composed' ? `C[${source.index}]` : `V[${source.slot}]`;
  const compute = g.computing(source);
  const store = source.kind === 'composed' ? '' : `${place}=${target};`;
  writer.line(`if((${target}=${place})===undefined){${writer.callOut(target, `${compute}(f)`)}${store}}`);
  return { text: target, fix: '' };
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

/** A key, without what a chain costs by itself. */
function emitKey(expr: Expr, scope: Scope, g: Generator): Operand {
  if (constantOf(expr, scope) !== undefined || !isAttribute(expr)) return g.value(expr, scope);
  return g.writer.settle(emitAttribute(expr, scope, 0, g));
}

/** The last step of a chain where its key is constant. */
function stepOf(expr: Select | Call, scope: Scope): Step | null {
  const { offset } = expr;
  if (expr.kind === 'select')
    return { field: fieldStepOf(expr, null), key: expr.field, inherited: isInherited(expr.field), offset };
  const parts = indexParts(expr);
  const key = parts === null ? undefined : constantOf(parts[1], scope);
  if (typeof key === 'string') return { field: null, key, inherited: isInherited(key), offset };
  const isPlace = typeof key === 'number' && Number.isSafeInteger(key) && key >= 0;
  return isPlace ? { field: null, key, inherited: false, offset } : null;
}

function containerOf(expr: Select | Call): Expr {
  const container = expr.kind === 'select' ? expr.operand : indexParts(expr)?.[0];
  if (container === undefined) throw new Error('an attribute that is none');
  return container;
}

/** The steps with constant keys at a chain's end, and what they start from. */
function trailingSteps(expr: Select | Call, scope: Scope, belongs: (operand: Expr) => boolean) {
  const steps: Step[] = [];
  let from: Expr = expr;
  while ((from === expr || belongs(from)) && (from.kind === 'select' || from.kind === 'call')) {
    const step = stepOf(from, scope);
    if (step === null) break;
    steps.unshift(step);
    from = containerOf(from);
  }
  return { steps, from };
}

/** The condition that a value can take a step the fast way. */
function takes(from: string, { key }: Step): string {
  return typeof key === 'string' ? `${from}?.__proto__===O` : `Array.isArray(${from})`;
}

/** Reads a step: names that plain objects inherit are looked up among their own first. */
function read(from: string, { key, inherited }: Step): string {
  if (typeof key === 'number') return `${from}[${key}]`;
  const name = quoted(key);
  return inherited ? `(Object.hasOwn(${from},${name})?${from}[${name}]:undefined)` : `${from}[${name}]`;
}

function emitChain(expr: Select | Call, scope: Scope, root: Root, g: Generator): Operand {
  const { writer } = g;
  const { steps, from } = trailingSteps(expr, scope, (operand) => {
    const isWhole = operand.kind === 'select' && scope.wholeSource(operand) !== null;
    return constantOf(operand, scope) === undefined && !isWhole && isPlainStep(operand);
  });
  if (steps.length === 0) return emitIndex(expr, scope, root, g);
  const base = emitOperand(from, scope, root, g);
  const pending = writer.take();
  let conditions: string[] = [];
  let last = base.text;
  let text = base.text;
  let { path } = base;
  for (const step of steps) {
    const isPlain = g.paths.isPlain(path);
    path = g.paths.next(path, step);
    const ahead = g.paths.value(path);
    conditions = isPlain === null ? [...conditions, takes(text, step)] : [isPlain];
    const target = ahead ?? writer.temp();
    // What is read ahead has asked of everything before it.
    if (ahead !== null) conditions = [];
    text = ahead ?? `(${target}=${read(last, step)})`;
    last = target;
  }
  const target = writer.temp();
  const slowly = writer.temp();
  const found = `${text === last ? `(${target}=${last})` : text.replace(`(${last}=`, `(${target}=`)}!==undefined`;
  const walk = `${writer.constant(walkSteps)}(f,${base.text},${writer.constant(steps)})`;
  writer.line(
    `if(${[...conditions, found].join('&&')}){n+=${steps.length + pending};${slowly}=false;}` +
      `else{${fixing(base)}${writer.callOut(target, walk, pending)}${slowly}=true;}`,
  );
  return { text: target, fix: `(${slowly}||${writer.constant(at)}(${target},${expr.offset}))`, path };
}

/** A step of a chain without optionals. */
function isPlainStep(expr: Expr): boolean {
  return isAttribute(expr) && expr.kind !== 'ident' && !isOptionalNode(expr);
}

/** An index whose key is computed. */
function emitIndex(expr: Select | Call, scope: Scope, root: Root, g: Generator): Operand {
  const { writer } = g;
  const parts = indexParts(expr);
  if (parts === null) throw new Error('an index that is none');
  const from = writer.settle(emitOperand(parts[0], scope, root, g));
  const target = writer.temp();
  writer.flush();
  writer.line(`if(${from.text} instanceof F)${target}=${from.text};else{`);
  const key = emitKey(parts[1], scope, g);
  writer.flush();
  const fast = `typeof ${key.text}==="string"&&${from.text}?.__proto__===O&&Object.hasOwn(${from.text},${key.text})&&(${target}=${from.text}[${key.text}])!==undefined`;
  const slow = `${writer.constant(index)}(f,${from.text},${key.text},${expr.offset})`;
  const place = `if(${isFault(target)})${writer.constant(at)}(${target},${expr.offset});`;
  writer.line(`if(${fast}){n+=1;${place}}else{${writer.callOut(target, slow)}}}`);
  return { text: target, fix: '' };
}

/** `has(a.b)` costs the steps alone. */
function emitTest(expr: Select, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const { operand, field, offset } = expr;
  const from = emitOperand(operand, scope, 0, g);
  const pending = writer.take();
  const target = writer.temp();
  const asked = fieldStepOf(expr, null);
  const step: Step = { field: asked, key: field, inherited: isInherited(field), offset };
  const isPlain = g.paths.isPlain(from.path) ?? takes(from.text, step);
  const value = g.paths.value(g.paths.next(from.path, step)) ?? read(from.text, step);
  const slow = `${writer.constant(tested)}(${from.text},${writer.constant(asked)},f)`;
  writer.line(`if(${isPlain}){n+=${pending + 1};${target}=${value};`);
  writer.line(
    `${target}=${target}===undefined?false:${isFault(target)}?${writer.constant(at)}(${target},${offset}):true;`,
  );
  writer.line(`}else{${fixing(from)}${writer.callOut(target, slow, pending)}}`);
  return { text: target, fix: '' };
}

/**
 * Writes a node of optional type without its wrapper: undefined is none, or what `none` says. From the first `.?` on, a
 * step to what is not there, or that fails, ends the chain uncharged.
 */
export function emitOptional(expr: Expr, scope: Scope, root: Root, g: Generator, none = 'undefined'): Operand {
  const { writer } = g;
  if (expr.kind !== 'select' && expr.kind !== 'call') throw new Error('an optional chain that is none');
  const { steps, from } = trailingSteps(expr, scope, isOptionalNode);
  if (steps.length === 0) return emitOptionalIndex(expr, scope, root, g, none);
  const inner = isOptionalNode(from);
  const base = inner ? emitOptional(from, scope, root, g) : emitOperand(from, scope, root, g);
  const pending = writer.take();
  const label = writer.label();
  const target = writer.temp();
  const walk = `${writer.constant(walkOptional)}(f,${base.text},${writer.constant(steps)})`;
  writer.line(`${label}:{`);
  if (inner) writer.line(`if(${base.text}===undefined){n+=${pending};${target}=${none};break ${label};}`);
  let last = base.text;
  let { path } = base;
  for (const [i, step] of steps.entries()) {
    const isPlain = g.paths.isPlain(path) ?? takes(last, step);
    path = g.paths.next(path, step);
    const ahead = g.paths.value(path);
    const next = ahead ?? writer.temp();
    const value = ahead ?? `(${next}=${read(last, step)})`;
    writer.line(`if(${isPlain}){`);
    writer.line(`if(${value}===undefined){n+=${pending + i};${target}=${none};break ${label};}`);
    last = next;
  }
  const slowly = writer.temp();
  const end = `n+=${pending + steps.length};${slowly}=false;break ${label};`;
  writer.line(`${target}=${last};${end}${'}'.repeat(steps.length)}`);
  writer.line(`${fixing(base)}${writer.callOut(target, walk, pending)}${slowly}=true;`);
  writer.line(`${none === 'undefined' ? '' : `if(${target}===undefined)${target}=${none};`}}`);
  return { text: target, fix: `(${slowly}||(${writer.constant(at)}(${target},${expr.offset}),n-=1))` };
}

/** An index of an optional chain whose key is computed. */
function emitOptionalIndex(expr: Select | Call, scope: Scope, root: Root, g: Generator, none: string): Operand {
  const { writer } = g;
  const parts = indexParts(expr);
  if (parts === null) throw new Error('an index that is none');
  const [container, keyExpr] = parts;
  const target = writer.temp();
  if (isOptionalNode(container)) {
    const from = writer.settle(emitOptional(container, scope, root, g));
    writer.line(`${target}=${from.text};`);
  } else {
    const from = writer.settle(emitOperand(container, scope, root, g));
    writer.line(`${target}=${writer.constant(unwrapped)}(${from.text});`);
  }
  writer.flush();
  writer.line(`if(${target}!==undefined&&!(${target} instanceof F)){`);
  const key = emitKey(keyExpr, scope, g);
  writer.flush();
  const slow = `${writer.constant(indexOptional)}(f,${target},${key.text},${expr.offset})`;
  writer.line(`${writer.callOut(target, slow)}}`);
  if (none !== 'undefined') writer.line(`if(${target}===undefined)${target}=${none};`);
  return { text: target, fix: '' };
}

/** A branch of `?:`. */
export function emitBranch(expr: Expr, scope: Scope, g: Generator): Operand {
  return constantOf(expr, scope) === undefined && isAttribute(expr)
    ? g.writer.settle(emitAttribute(expr, scope, 0, g))
    : g.value(expr, scope);
}
