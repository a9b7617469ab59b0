import {
  Activation,
  CompileError,
  type Environment,
  ErrorValue,
  Unknown,
  compile,
  kubernetes,
  parse,
} from '@plimsoll/cel';
import { auto } from '@plimsoll/cel/generate';
import type { WaiverExpression, WaiverQuestion } from '../findings/waiver.ts';
import type { Problem } from '../model/problem.ts';
import { newestDialect } from './evaluate/dialect.ts';
import { knownObject } from './evaluate/known-object.ts';
import { mustEvaluateTo } from './evaluate/result-type.ts';
import { limits } from './evaluate/spending.ts';
import { expressionFault } from './formats/document-faults.ts';
import type { FieldPath, PolicyDocument } from './policy.ts';

let shared: Environment | undefined;

/** Compiles an expression of a waiver: CEL over `object` and `violations` that gives true or false. */
export function compileWaiverExpression(
  text: string,
  document: PolicyDocument,
  path: FieldPath,
): { readonly expression: WaiverExpression | null; readonly faults: readonly Problem[] } {
  const { version, expressions } = newestDialect;
  shared ??= kubernetes(version, expressions, { variables: ['object', 'violations'] });
  try {
    const program = compile(parse(text), shared, { mode: auto, typeFault: mustEvaluateTo(['bool']) });
    const activation = new Activation(shared);
    const answer = ({ resource, violations }: WaiverQuestion) => {
      activation.set('object', knownObject(resource.body, resource.unseen));
      activation.set('violations', said(violations));
      const value = program.run(activation, limits.expression);
      if (typeof value === 'boolean') return value;
      if (value instanceof Unknown) return { unanswered: value.reasons.join('; ') };
      return { unanswered: value instanceof ErrorValue ? value.message : 'it gives neither true nor false' };
    };
    return { expression: { text, answer }, faults: [] };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return {
      expression: null,
      faults: error.issues.map((issue) => expressionFault(document, path, error.source, issue)),
    };
  }
}

function said(violations: WaiverQuestion['violations']) {
  return violations.map(({ index, message, paths }) => ({ index, message, paths }));
}
