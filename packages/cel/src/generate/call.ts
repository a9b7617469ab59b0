import type { Scope } from '../environment/scope.ts';
import { call, isMember, strict } from '../evaluate/call.ts';
import {
  type EqualityPlan,
  type FunctionPlan,
  type MembershipPlan,
  type OptionalPlan,
  planCall,
} from '../evaluate/call-plan.ts';
import { at } from '../evaluate/fault-place.ts';
import { differs } from '../evaluate/operand.ts';
import { isOptionalNode } from '../evaluate/optional-form.ts';
import { constantOf } from '../evaluate/constant.ts';
import { unwrapped } from '../evaluate/attribute.ts';
import { walk } from '../functions/cost.ts';
import type { Call } from '../syntax/ast.ts';
import { ErrorValue } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { emitOptional } from './attribute.ts';
import { fastWays } from './fast-call.ts';
import type { Generator } from './generator.ts';
import { type Operand, fixing, isFault, operandOf, quoted } from './writer.ts';

/** Longer sets of texts are asked by their hash. */
const COMPARED = 8;

/** Writes a call, as it is planned. */
export function emitCall(expr: Call, scope: Scope, g: Generator): Operand {
  const plan = planCall(expr, scope);
  switch (plan.kind) {
    case 'function':
      return emitFunction(plan, expr.offset, scope, g);
    case 'optional':
      return emitOptionalMember(plan, expr, scope, g);
    case 'equality':
      return emitEquality(plan, scope, g);
    case 'membership':
      return emitMembership(plan, expr.offset, scope, g);
    case 'sortBy':
    case 'none':
      return g.byClosure(expr, scope);
  }
}

function emitEquality({ value, constant, size, positive }: EqualityPlan, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const found = g.raw(value, scope);
  const pending = writer.take();
  const target = writer.temp();
  const literal = operandOf(constant, writer);
  const units = walk(size);
  writer.line(`if(${found.text}===${literal.text}){${target}=${positive};n+=${units + pending};}`);
  if (typeof constant === 'string' && size <= 10)
    writer.line(
      `else if(typeof ${found.text}==="string"){${target}=${!positive};n+=${found.text}===""?${pending}:${pending + units};}`,
    );
  else if (typeof constant === 'boolean')
    writer.line(`else if(${found.text}===${!constant}){${target}=${!positive};n+=${units + pending};}`);
  const slow = `${writer.constant(differs)}(f,${found.text},${size},${positive})`;
  writer.line(`else{${fixing(found)}${writer.callOut(target, slow, pending)}}`);
  return { text: target, fix: '' };
}

function emitMembership({ value, list, set }: MembershipPlan, offset: number, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const found = g.raw(value, scope);
  writer.flush();
  const target = writer.temp();
  const member = `${writer.constant(isMember)}(${found.text},${writer.constant(list)},${writer.constant(set)},${offset})`;
  if (set !== null) {
    const fast =
      set.size > COMPARED
        ? `${writer.constant(set)}.has(${found.text})`
        : [...set].map((item) => `${found.text}===${quoted(String(item))}`).join('||') || 'false';
    writer.line(`if(typeof ${found.text}==="string")${target}=${fast};else `);
  }
  writer.line(`{${fixing(found)}f.cost=n;${target}=${member};}`);
  return { text: target, fix: '' };
}

/** The members of optionals that are made of a chain need none to be made. */
function emitOptionalMember(plan: OptionalPlan, expr: Call, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const { name, target, argument } = plan;
  if (name === 'or' || (argument === undefined && !isOptionalNode(target))) return g.byClosure(expr, scope);
  if (argument !== undefined) return emitOrValue(plan, scope, g);
  const inside = emitOptional(target, scope, 1, g);
  writer.charge(1);
  if (name === 'value') {
    const found = writer.settle(inside);
    const none = writer.constant(noValue);
    writer.line(`if(${found.text}===undefined)${found.text}=${none}(${expr.offset});`);
    return found;
  }
  const { text, fix } = inside;
  writer.flush();
  writer.line(`${text}=${text}===undefined?false:${isFault(text)}?(${fix === '' ? '' : `${fix},`}${text}):true;`);
  return { text, fix: '' };
}

/** What `optional.none().value()` gives. */
function noValue(offset: number): Value {
  return at(new ErrorValue('optional.none() dereference'), offset);
}

function emitOrValue({ target, argument }: OptionalPlan, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  if (argument === undefined) throw new Error('orValue of nothing');
  const other = constantOf(argument, scope);
  if (isOptionalNode(target) && other !== undefined)
    return emitOptional(target, scope, 1, g, operandOf(other, writer).text);
  const result = writer.temp();
  if (isOptionalNode(target)) {
    const found = writer.settle(emitOptional(target, scope, 1, g));
    writer.line(`${result}=${found.text};`);
  } else {
    const found = g.value(target, scope);
    writer.line(`${result}=${writer.constant(unwrapped)}(${found.text});`);
  }
  writer.flush();
  writer.line(`if(${result}===undefined){`);
  const value = g.value(argument, scope);
  writer.flush();
  writer.line(`${result}=${value.text};}`);
  return { text: result, fix: '' };
}

function emitFunction(
  { fn, args, cost, looksAtAll }: FunctionPlan,
  offset: number,
  scope: Scope,
  g: Generator,
): Operand {
  const { writer } = g;
  const target = writer.temp();
  const apply = writer.constant(fn.apply);
  if (!looksAtAll) {
    const label = writer.label();
    writer.flush();
    writer.line(`${label}:{`);
    const texts: string[] = [];
    for (const [i, arg] of args.entries()) {
      const { text } = g.value(arg, scope);
      writer.flush();
      texts.push(text);
      if (i < args.length - 1 && constantOf(arg, scope) === undefined)
        writer.line(`if(${text} instanceof F){${target}=${text};break ${label};}`);
    }
    writer.line(`${writer.callOut(target, callText(texts))}}`);
    return { text: target, fix: '' };
  }
  const operands = args.map((arg) => g.value(arg, scope));
  const texts = operands.map(({ text }) => text);
  const [a = '', b = ''] = texts;
  const use = (own: (...args: never[]) => unknown): string => writer.constant(own);
  writer.flush();
  for (const way of fastWays(fn, cost !== undefined)) {
    const units = cost === undefined || way.cost === undefined ? '1' : way.cost(a, b, use);
    const charge = cost === undefined ? `n+=${units};` : `n+=${units};${g.limit}`;
    const when = way.when(a, b);
    if (when.includes('false')) continue;
    const value = way.value(a, b, use);
    const made = way.unless === undefined ? '' : `&&(${target}=${value},${way.unless(target)})`;
    const body = way.unless === undefined ? `${way.ends === true ? 'f.cost=n;' : ''}${target}=${value};` : '';
    writer.line(`if(${when}${made}){${charge}${body}}else `);
  }
  if (cost === undefined)
    writer.line(`{n+=1;f.cost=n;${target}=${writer.constant(strict)}(${apply},${offset},[${texts.join(',')}]);}`);
  else writer.line(`{${writer.callOut(target, callText(texts))}}`);
  return { text: target, fix: '' };

  function callText(values: readonly string[]): string {
    const costs = cost === undefined ? 'undefined' : writer.constant(cost);
    return `${writer.constant(call)}(f,${apply},${costs},${offset},[${values.join(',')}])`;
  }
}
