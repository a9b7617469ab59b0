import { problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { PolicyReference } from '../model/verdict.ts';
import { compilePolicy } from './evaluate/compiled-policy.ts';
import type { CompiledPolicy } from './evaluate/compiled-policy.ts';
import type { Dialect } from './evaluate/dialect.ts';
import { documentFault } from './formats/document-faults.ts';
import type { Binding, Policy, PolicyPart } from './policy.ts';

/** One policy in force, or the reason why it is not. */
export interface Guardrail {
  /** Unique among all guardrails in force: {@link guardrailKey}. */
  readonly key: string;
  readonly policy: Policy;
  /** null where it is broken. */
  readonly compiled: CompiledPolicy | null;
  readonly bindings: readonly Binding[];
  /** `ok` judges; `broken` has problems; `unbound` has no binding and needs one. */
  readonly state: 'ok' | 'broken' | 'unbound';
  readonly problems: readonly Problem[];
}

/** Source, kind, namespace and name of a policy, joined by NUL. */
function guardrailKey({ source, kind, namespace, name }: PolicyReference): string {
  return [source, kind, namespace ?? '', name].join('\0');
}

/**
 * Puts policies and bindings together and compiles every policy. All faults of all of them are in the guardrails'
 * `problems`; those of bindings without a policy in `problems` beside them. A wrong policy is broken alone.
 */
export function guardrailsOf(
  parts: readonly PolicyPart[],
  dialectOf: (policy: Policy) => Dialect,
): { readonly guardrails: readonly Guardrail[]; readonly problems: readonly Problem[] } {
  const policies = parts.flatMap((part) => (part.part === 'policy' ? [part.policy] : []));
  const bindings = parts.flatMap((part) => (part.part === 'binding' ? [part.binding] : []));
  const seen = new Set<string>();
  const guardrails = policies.map((policy) => {
    const twice = seen.has(guardrailKey(policy.reference));
    seen.add(guardrailKey(policy.reference));
    const own = bindings.filter((binding) => bindsTo(binding, policy));
    return guardrailOf(policy, own, dialectOf(policy), twice);
  });
  const problems = bindings.flatMap((binding) => {
    if (policies.some((policy) => bindsTo(binding, policy))) return [];
    if (binding.origin === 'cluster' || binding.problems.length > 0) return binding.problems;
    const message = `binding ${binding.name} names policy "${binding.policyName}", which is not there`;
    return [problem('PLM1309', message, { source: binding.source, ...binding.place, subject: binding.name })];
  });
  return { guardrails, problems };
}

function guardrailOf(policy: Policy, bindings: readonly Binding[], dialect: Dialect, twice: boolean): Guardrail {
  const key = guardrailKey(policy.reference);
  const faults = [...policy.problems];
  if (twice) {
    faults.push(
      documentFault(policy.document, 'PLM1312', ['metadata', 'name'], `"${policy.reference.name}" is there twice`),
    );
  }
  // one with faults is compiled for the faults of its expressions
  const compiling = compilePolicy(policy, dialect);
  const problems = [...faults, ...compiling.problems, ...bindings.flatMap((binding) => binding.problems)];
  const usable = bindings.filter((binding) => binding.problems.length === 0);
  const { compiled } = compiling;
  if (compiled === null || faults.length > 0)
    return { key, policy, compiled: null, bindings, state: 'broken', problems };
  if (policy.needsBinding && policy.origin === 'cluster' && bindings.length === 0) {
    const message = `policy ${policy.reference.name} has no binding, so it judges nothing`;
    const unbound = problem('PLM1310', message, { source: policy.reference.source, subject: policy.reference.name });
    return { key, policy, compiled, bindings, state: 'unbound', problems: [...problems, unbound] };
  }
  const state = bindings.length > 0 && usable.length === 0 ? 'broken' : 'ok';
  return { key, policy, compiled, bindings: usable, state, problems };
}

/** Bindings and policies meet by name, within files or within one cluster. */
function bindsTo(binding: Binding, policy: Policy): boolean {
  return (
    binding.policyName === policy.reference.name &&
    (policy.needsBinding || policy.reference.kind === 'Guardrail') &&
    (binding.source === policy.reference.source || (binding.origin === 'files' && policy.origin === 'builtin'))
  );
}
