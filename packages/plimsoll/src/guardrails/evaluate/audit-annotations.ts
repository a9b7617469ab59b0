import { Fault, Unknown } from '@plimsoll/cel';
import type { CompiledPolicy } from './compiled-policy.ts';
import { faultText } from './fault-text.ts';
import { limits, spend } from './spending.ts';

/** Audit annotations annotate nothing at rest, but one that fails denies as a validation does. */
export function auditFault(compiled: CompiledPolicy): string | null {
  if (compiled.hasVariables) compiled.activation.forgetComposed();
  const budget = { left: limits.audit };
  for (const { name, program } of compiled.auditAnnotations) {
    const value = spend(program, compiled, budget);
    if (value instanceof Fault && !(value instanceof Unknown))
      return faultText(`auditAnnotation ${name}`, program, value, compiled.activation);
  }
  return null;
}
