import { culprits, ErrorValue, isFault, typeOf, Unknown } from '@plimsoll/cel';
import type { Activation, Fault, Program, Value } from '@plimsoll/cel';

const longest = 120;
/** How an API server leads to the variable that failed, from the outermost to it: here the place does. */
const variablesBefore = /^(?:composited variable "[^"]*" fails to evaluate: )+/;

/**
 * What a fault says to a person: the expression, the place in it or in the variable that it reads, what went wrong, and
 * the values that it went wrong with. `what` is the expression's place in the policy, for example `validations[0]`.
 */
export function faultText(what: string, program: Program, fault: Fault, activation: Activation): string {
  const shown = expressionText(program.source);
  if (fault instanceof Unknown) return `${what} '${shown}': ${fault.reasons.join('; ')}`;
  const said = fault instanceof ErrorValue ? fault.message : 'no value';
  const { variable, source, position, operands } = culprits(program, activation, fault);
  const at = position === null ? '' : ` at ${position.line}:${position.column}`;
  const place = variable === null ? at : `, in ${variable} '${expressionText(source)}'${at}`;
  const message = variable === null ? said : said.replace(variablesBefore, '');
  const values = operands.map(({ text, path, value }) => {
    const read = path === null || path === text ? '' : `, ${path},`;
    return `${text}${read} is ${typeOf(value)} ${shorten(valueText(value))}`;
  });
  return `${what} '${shown}'${place}: ${message}${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
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

function expressionText(source: string): string {
  return shorten(source.trim().replace(/\s+/g, ' '));
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
