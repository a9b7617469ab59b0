import type { Scope } from '../environment/scope.ts';
import { unwrapped } from '../evaluate/attribute.ts';
import {
  type EqualityPlan,
  type FunctionPlan,
  type MembershipPlan,
  type OptionalPlan,
  planCall,
} from '../evaluate/call-plan.ts';
import { constantOf } from '../evaluate/constant.ts';
import { isOptionalNode } from '../evaluate/optional-form.ts';
import { walk, walkOfText, walkOfTexts } from '../functions/cost.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { emitOptional } from './attribute.ts';
import { type Walks, fastWays, isAmong, textsOf } from './fast-call.ts';
import type { Generator } from './generator.ts';
import { BAIL, type Operand, operandOf } from './writer.ts';

/** Writes a call, as it is planned; null for a condition, which is written as jumps. */
export function emitCall(expr: Call, scope: Scope, g: Generator): Operand | null {
  const plan = planCall(expr, scope);
  switch (plan.kind) {
    case 'function':
      return plan.fn.name === '!_' ? null : emitFunction(plan, scope, g);
    case 'optional':
      return emitOptionalMember(plan, expr, scope, g);
    case 'equality':
    case 'membership':
      return null;
    case 'sortBy':
    case 'none':
      return g.byClosure(expr, scope);
  }
}

/** Writes a call that is a condition; false for any other. */
export function jumpCall(expr: Call, scope: Scope, g: Generator, want: boolean, to: string): boolean {
  const plan = planCall(expr, scope);
  const [negated] = expr.args;
  if (plan.kind === 'function' && plan.fn.name === '!_' && negated !== undefined) {
    g.writer.charge(1);
    g.jump(negated, scope, !want, to);
    return true;
  }
  if (plan.kind === 'equality') jumpEquality(plan, scope, g, want, to);
  else if (plan.kind === 'membership') jumpMembership(plan, scope, g, want, to);
  else if (plan.kind === 'optional' && isOptionalNode(plan.target) && plan.name === 'hasValue')
    jumpPresence(plan.target, scope, g, want, to);
  else if (plan.kind === 'optional' && isOptionalNode(plan.target) && plan.name === 'orValue')
    jumpOrValue(plan, scope, g, want, to);
  else return false;
  return true;
}

function jumpEquality(plan: EqualityPlan, scope: Scope, g: Generator, want: boolean, to: string): void {
  const { writer } = g;
  const { constant, size } = plan;
  const { text, kind } = g.value(plan.value, scope);
  const literal = operandOf(constant, writer).text;
  const units = walk(size);
  const isText = typeof constant === 'string';
  const isCounted = isText && units > 0 && writer.costs === 'exact';
  // The shorter one is walked.
  const walked = size > 10 ? `n+=${writer.constant(walkOfTexts)}(${text},${literal});` : `if(${text}!=="")n+=${units};`;
  const isOther = isText
    ? `${kind === 'text' ? '' : `if(typeof ${text}!=="string")${BAIL}`}${isCounted ? walked : ''}`
    : `if(${text}!==${!constant})${BAIL}`;
  if (!isCounted) writer.charge(units);
  const charged = isCounted ? `n+=${units};` : '';
  if (want === plan.positive) writer.branch(`if(${text}===${literal}){${charged}${to}}${isOther}`);
  else writer.branch(`if(${text}!==${literal}){${isOther}${to}}${charged}`);
}

function jumpMembership({ value, list }: MembershipPlan, scope: Scope, g: Generator, want: boolean, to: string): void {
  const { writer } = g;
  const { text, kind } = g.value(value, scope);
  const texts = textsOf({ constant: list });
  if (texts === null || (kind !== 'any' && kind !== 'value' && kind !== 'text')) {
    writer.line(BAIL);
    return;
  }
  if (kind !== 'text') writer.line(`if(typeof ${text}!=="string")${BAIL}`);
  const among = isAmong(text, texts, (set) => writer.constant(set));
  writer.branch(want ? `if(${among})${to}` : `if(!(${among}))${to}`);
}

function jumpPresence(target: Expr, scope: Scope, g: Generator, want: boolean, to: string): void {
  const { writer } = g;
  writer.charge(1);
  if (!want) {
    g.known(emitOptional(target, scope, 1, g, to));
    return;
  }
  writer.block((label) => {
    g.known(emitOptional(target, scope, 1, g, `break ${label};`));
    writer.branch(to);
  });
}

function jumpOrValue({ target, argument }: OptionalPlan, scope: Scope, g: Generator, want: boolean, to: string): void {
  const { writer } = g;
  if (argument === undefined) throw new Error('orValue of nothing');
  const other = constantOf(argument, scope);
  if (other === want) {
    g.test(emitOptional(target, scope, 1, g, to), want, to);
    return;
  }
  writer.block((end) => {
    if (other === !want) g.test(emitOptional(target, scope, 1, g, `break ${end};`), want, to);
    else {
      writer.block((label) => {
        g.test(emitOptional(target, scope, 1, g, `break ${label};`), want, to);
        writer.branch(`break ${end};`);
      });
      g.jump(argument, scope, want, to);
    }
  });
}

/** The members of optionals that are made of a chain need none to be made. */
function emitOptionalMember(plan: OptionalPlan, expr: Call, scope: Scope, g: Generator): Operand | null {
  const { writer } = g;
  const { name, target, argument } = plan;
  if (name === 'or' || (argument === undefined && !isOptionalNode(target))) return g.byClosure(expr, scope);
  if (name === 'hasValue') return null;
  if (argument === undefined) {
    writer.charge(1);
    return g.known(emitOptional(target, scope, 1, g, BAIL));
  }
  const result = writer.temp();
  if (!isOptionalNode(target)) {
    const { text } = g.value(target, scope);
    writer.branch(`if((${result}=${writer.constant(unwrapped)}(${text}))===undefined){`);
    writer.aside(() => writer.branch(`${result}=${g.value(argument, scope).text};}`));
    return { text: result, kind: 'any' };
  }
  const other = constantOf(argument, scope);
  writer.block((end) => {
    if (other !== undefined) {
      writer.line(`${result}=${operandOf(other, writer).text};`);
      writer.line(`${result}=${emitOptional(target, scope, 1, g, `break ${end};`).text};`);
      return;
    }
    writer.block((label) => {
      writer.line(`${result}=${emitOptional(target, scope, 1, g, `break ${label};`).text};`);
      writer.branch(`break ${end};`);
    });
    writer.line(`${result}=${g.value(argument, scope).text};`);
  });
  return { text: result, kind: 'any' };
}

function emitFunction(plan: FunctionPlan, scope: Scope, g: Generator): Operand {
  const [first, second] = plan.args;
  const list = first === undefined || second === undefined ? null : optionalList(plan, second, scope);
  if (list !== null && first !== undefined) return emitSum(plan, g.value(first, scope), list, scope, g);
  const operands = plan.args.map((arg) => g.value(arg, scope));
  return emitWays(plan, operands, g.writer.temp(), g);
}

/** The optional chain of `a + b.?c.orValue([])`; null for any other call. */
function optionalList({ fn, cost }: FunctionPlan, right: Expr, scope: Scope): Expr | null {
  if (fn.name !== '_+_' || cost !== undefined || fastWays(fn, false).length === 0 || right.kind !== 'call') return null;
  const plan = planCall(right, scope);
  if (plan.kind !== 'optional' || plan.name !== 'orValue' || !isOptionalNode(plan.target)) return null;
  const other = plan.argument === undefined ? undefined : constantOf(plan.argument, scope);
  return Array.isArray(other) && other.length === 0 ? plan.target : null;
}

/** Where there is none to add to a list, the sum is the list. */
function emitSum(plan: FunctionPlan, left: Operand, right: Expr, scope: Scope, g: Generator): Operand {
  const { writer } = g;
  const target = writer.temp();
  writer.block((end) => {
    writer.block((none) => {
      emitWays(plan, [left, emitOptional(right, scope, 1, g, `break ${none};`)], target, g);
      writer.branch(`break ${end};`);
    });
    writer.charge(1);
    writer.line(`${left.kind === 'list' ? '' : `if(!Array.isArray(${left.text}))${BAIL}`}${target}=${left.text};`);
  });
  return { text: target, kind: 'value' };
}

/** Writes the ways to make a call in place, and the call itself for where none of them holds. */
function emitWays(plan: FunctionPlan, operands: readonly Operand[], target: string, g: Generator): Operand {
  const { fn, cost } = plan;
  const { writer } = g;
  const walks = walksOf(g);
  const [a, b] = operands;
  const none: Operand = { text: '', kind: 'value' };
  const [first, second] = [a ?? none, b ?? none];
  const use = (used: (...used: never[]) => unknown): string => writer.constant(used);
  const ways = fastWays(fn, cost !== undefined)
    .map((way) => ({ way, conditions: way.when(first, second) }))
    .filter(({ conditions }) => !conditions.includes(null));
  const kinds = new Set(ways.map(({ way }) => way.kind));
  const [kind] = kinds;
  const own = kinds.size === 1 && kind === 'bool' ? kind : 'value';
  if (cost === undefined) writer.charge(1);
  writer.branch('');
  for (const { way, conditions } of ways) {
    const when = conditions.filter((condition) => condition !== '').join('&&');
    const units = way.cost === undefined ? '1' : way.cost(first, second, walks);
    const charged = cost === undefined ? '' : chargedFor(units, g);
    const counted = way.effort === undefined ? '' : effortOf(way.effort(first, second), cost !== undefined, g);
    const made = `{${charged}${counted}${way.value(target, first, second, use)}}`;
    if (when === '') {
      writer.line(made);
      return { text: target, kind: way.kind };
    }
    writer.line(`if(${when})${made}else `);
    if (way.only === true) {
      writer.line(BAIL);
      return { text: target, kind: way.kind };
    }
  }
  writer.line('{');
  emitApplication(plan, operands, target, g);
  writer.line(own === 'bool' ? `if(typeof ${target}!=="boolean")${BAIL}}` : `if(${target} instanceof F)${BAIL}}`);
  return { text: target, kind: own };
}

function emitApplication({ fn, cost }: FunctionPlan, operands: readonly Operand[], target: string, g: Generator): void {
  const { writer } = g;
  for (const operand of operands) g.known(operand);
  const texts = operands.map(({ text }) => text);
  if (cost !== undefined) writer.line(`n+=${writer.constant(cost)}([${texts.join(',')}]);`);
  writer.line(`if(n>L)${BAIL}${target}=${g.called(fn.apply, texts)};`);
}

/** Charges a call by its arguments; a bound has no end before the call is made. */
function chargedFor(units: string, { writer }: Generator): string {
  if (writer.costs === 'exact') return `n+=${units};if(n>L)${BAIL}`;
  const known = Number(units);
  return Number.isNaN(known) ? `n+=${units};` : writer.charged(known);
}

/** Counts effort; of a call that is charged by its arguments it is no more than the bound of what it costs. */
function effortOf(parts: string, isCharged: boolean, { writer }: Generator): string {
  if (writer.costs === 'exact') return writer.effort(parts);
  return isCharged ? '' : `n+=${parts};`;
}

/** What walks cost; a bound is a unit for each character. */
function walksOf({ writer, paths }: Generator): Walks {
  const isBound = writer.costs === 'bound';
  const text = ({ text, path, constant }: Operand): string => {
    if (typeof constant === 'string') return String(walkOfText(constant));
    if (isBound) return `${text}.length`;
    const use = (fn: typeof walkOfText): string => writer.constant(fn);
    return paths.walk(path ?? null, use) ?? `${use(walkOfText)}(${text})`;
  };
  const shorter = (a: Operand, b: Operand): string => {
    if (isBound) return text(typeof a.constant === 'string' ? a : b);
    return `${writer.constant(walkOfTexts)}(${a.text},${b.text})`;
  };
  return { text, shorter };
}
