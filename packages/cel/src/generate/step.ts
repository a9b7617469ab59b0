import { constantOf } from '../evaluate/constant.ts';
import { indexParts } from '../evaluate/attribute.ts';
import { isDirect, isInherited } from '../evaluate/field-reader.ts';
import type { Scope } from '../environment/scope.ts';
import type { Call, Expr, Select } from '../syntax/ast.ts';
import { BAIL, quoted } from './writer.ts';

/** One step of a chain whose key is constant. */
export type Step =
  /**
   * What is found under a `direct` name needs no second look (evaluate/field-reader.ts); else only plain objects are
   * asked.
   */
  { readonly way: 'direct' | 'own'; readonly key: string } | { readonly way: 'element'; readonly key: number };

/** The last step of a chain; null where its key is computed. */
function stepOf(expr: Select | Call, scope: Scope): Step | null {
  if (expr.kind === 'select') return fieldStep(expr.field);
  const parts = indexParts(expr);
  const key = parts === null ? undefined : constantOf(parts[1], scope);
  if (typeof key === 'string') return { way: 'own', key };
  return typeof key === 'number' && Number.isSafeInteger(key) && key >= 0 ? { way: 'element', key } : null;
}

/** The step to a field. */
export function fieldStep(field: string): Step {
  return { way: isDirect(field) ? 'direct' : 'own', key: field };
}

/** The steps with constant keys at a chain's end, and what they start from. */
export function trailingSteps(
  expr: Select | Call,
  scope: Scope,
  belongs: (operand: Expr) => boolean,
): { readonly steps: readonly Step[]; readonly from: Expr } {
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

function containerOf(expr: Select | Call): Expr {
  const container = expr.kind === 'select' ? expr.operand : indexParts(expr)?.[0];
  if (container === undefined) throw new Error('an attribute that is none');
  return container;
}

/** What is under the key, undefined where nothing is; `from` can take the step. */
export function taken(from: string, { way, key }: Step): string {
  if (way === 'element') return `${from}[${key}]`;
  const name = quoted(key);
  if (way === 'direct') return `${from}?.[${name}]`;
  return isInherited(key) ? `(Object.hasOwn(${from},${name})?${from}[${name}]:undefined)` : `${from}[${name}]`;
}

/** The condition that a value cannot take a step; none for direct ones, which are asked where nothing was found. */
export function refuses(from: string, { way }: Step): string | null {
  if (way === 'direct') return null;
  return way === 'own' ? `${from}?.__proto__!==O` : `!Array.isArray(${from})`;
}

/** The statement that gives up where a value without a field answers for it all the same, or not at all. */
export function refuseOdd(text: string): string {
  return `if(${text} instanceof H||Array.isArray(${text}))${BAIL}`;
}
