import { CompileError, compile, isFault } from '@plimsoll/cel';
import type { Activation, Expr, Fault, Program, Value } from '@plimsoll/cel';
import { ErrorValue, Unknown } from '@plimsoll/cel';

const longest = 120;

/**
 * What a fault says to a person: the expression, the place in it, what went wrong, and the values that it went wrong
 * with (bad-input.md, rule 5). `what` is the expression's place in the policy, for example `validations[0]`.
 */
export function faultText(what: string, program: Program, fault: Fault, activation: Activation): string {
  const { source } = program.ast;
  const position = program.positionOf(fault);
  const place = position === null ? '' : ` at ${position.line}:${position.column}`;
  const shown = shorten(source.trim().replace(/\s+/g, ' '));
  if (fault instanceof Unknown) return `${what} '${shown}': ${fault.reasons.join('; ')}`;
  const message = fault instanceof ErrorValue ? fault.message : 'no value';
  const values = culprits(program, fault, activation);
  return `${what} '${shown}'${place}: ${message}${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
}

/** The operands of the sub-expression that failed with their values; loop variables have none any more. */
function culprits(program: Program, fault: Fault, activation: Activation): string[] {
  const node = nodeAt(program.ast.expr, fault.offset);
  if (node === null) return [];
  return operands(node).flatMap((operand) => {
    const value = valueOf(program, operand, activation);
    if (value === undefined || isFault(value) || operand.kind === 'literal') return [];
    return [`${program.ast.source.slice(operand.offset, operand.end)} is ${shorten(valueText(value))}`];
  });
}

function valueOf(program: Program, expr: Expr, activation: Activation): Value | undefined {
  try {
    return compile({ source: program.ast.source, expr }, program.environment).run(activation);
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

function operands(node: Expr): readonly Expr[] {
  if (node.kind === 'select') return [node.operand];
  if (node.kind === 'call') return node.target === null ? node.args : [node.target, ...node.args];
  return [];
}

function nodeAt(node: Expr, offset: number): Expr | null {
  for (const child of childrenOf(node)) {
    const found = nodeAt(child, offset);
    if (found !== null) return found;
  }
  return node.offset === offset && (node.kind === 'select' || node.kind === 'call') ? node : null;
}

/** The sub-expressions of a node. */
function childrenOf(node: Expr): readonly Expr[] {
  switch (node.kind) {
    case 'select':
      return [node.operand];
    case 'call':
      return node.target === null ? node.args : [node.target, ...node.args];
    case 'logical':
      return node.args;
    case 'conditional':
      return [node.condition, node.yes, node.no];
    case 'list':
      return node.elements.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return node.fields.map(({ value }) => value);
    case 'macro':
      return [node.range, ...(node.condition === null ? [] : [node.condition]), node.body];
    default:
      return [];
  }
}

/** A value as people read it: JSON where it is, its type's name where it is not. */
function valueText(value: Value): string {
  if (isFault(value)) return value instanceof ErrorValue ? `error: ${value.message}` : 'unknown';
  const text = JSON.stringify(value, (_, inner: Value) => {
    if (typeof inner === 'bigint') return Number(inner);
    return isFault(inner) ? 'unknown' : inner;
  });
  return text ?? typeof value;
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
