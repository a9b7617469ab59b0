import { problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { PolicyReference } from '../model/verdict.ts';
import { compilePolicy } from './evaluate/compiled-policy.ts';
import type { CompiledPolicy } from './evaluate/compiled-policy.ts';
import type { Dialect } from './evaluate/dialect.ts';
import { documentFault } from './formats/document-faults.ts';
import type { Amendment, Binding, Policy, PolicyPart } from './policy.ts';

/** One policy in force, or the reason why it is not. */
export interface Guardrail {
  /** Unique among all guardrails in force: {@link guardrailKey}. */
  readonly key: string;
  readonly policy: Policy;
  /** null where it is broken. */
  readonly compiled: CompiledPolicy | null;
  readonly bindings: readonly Binding[];
  /** What made `policy` other than its document says. */
  readonly amendments: readonly Amendment[];
  /** `ok` judges; `broken` has problems; `unbound` has no binding and needs one. */
  readonly state: 'ok' | 'broken' | 'unbound';
  readonly problems: readonly Problem[];
}

/** Source, kind, namespace and name of a policy, joined by NUL. */
function guardrailKey({ source, kind, namespace, name }: PolicyReference): string {
  return [source, kind, namespace ?? '', name].join('\0');
}

/**
 * Puts policies, what amends them and their bindings together, and compiles every policy. All faults of policies and
 * bindings are in the guardrails' `problems`; those of amendments, and of bindings without a policy, in `problems`
 * beside them. A wrong policy is broken alone.
 */
export function guardrailsOf(
  parts: readonly PolicyPart[],
  dialectOf: (policy: Policy) => Dialect,
): { readonly guardrails: readonly Guardrail[]; readonly problems: readonly Problem[] } {
  const policies = parts.flatMap((part) => (part.part === 'policy' ? [part.policy] : []));
  const bindings = parts.flatMap((part) => (part.part === 'binding' ? [part.binding] : []));
  const amendments = parts.flatMap((part) => (part.part === 'amendment' ? [part.amendment] : []));
  const seen = new Set<string>();
  const guardrails = policies.map((policy) => {
    const twice = seen.has(guardrailKey(policy.reference));
    seen.add(guardrailKey(policy.reference));
    const own = eachOnce(bindings.filter((binding) => bindsTo(binding, policy)));
    const completed = policy.complete === null ? own : own.map(policy.complete);
    return guardrailOf(amended(policy, amendments), completed, policy.dialect ?? dialectOf(policy), twice);
  });
  const unbinding = bindings.flatMap((binding) => {
    if (policies.some((policy) => bindsTo(binding, policy))) return [];
    return binding.problems.length > 0 || binding.idle === null ? binding.problems : [binding.idle];
  });
  const used = new Set(guardrails.flatMap((guardrail) => guardrail.amendments));
  const amending = amendments.flatMap((amendment) => {
    const { problems, idle } = amendment;
    return problems.length > 0 || idle === null || used.has(amendment) ? problems : [idle];
  });
  return { guardrails, problems: [...unbinding, ...amending] };
}

/** Of several bindings of one name the first is in force: a verdict tells them apart by it. */
function eachOnce(bindings: readonly Binding[]): readonly Binding[] {
  const names = new Set<string>();
  return bindings.map((binding) => {
    const { name, document, problems } = binding;
    if (!names.has(name)) {
      names.add(name);
      return binding;
    }
    const twin = documentFault(document, 'PLM1312', ['metadata', 'name'], `"${name}" is there twice`);
    return { ...binding, problems: [...problems, twin] };
  });
}

type Amended = Pick<Guardrail, 'policy' | 'amendments'>;

function amended(policy: Policy, amendments: readonly Amendment[]): Amended {
  let result: Amended = { policy, amendments: [] };
  for (const amendment of amendments) {
    if (amendment.problems.length > 0 || amendment.source !== policy.reference.source) continue;
    const changed = amendment.amend(result.policy);
    if (changed !== result.policy) result = { policy: changed, amendments: [...result.amendments, amendment] };
  }
  return result;
}

function guardrailOf(
  { policy, amendments }: Amended,
  bindings: readonly Binding[],
  dialect: Dialect,
  twice: boolean,
): Guardrail {
  const shell = { key: guardrailKey(policy.reference), policy, amendments };
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
  if (compiled === null || faults.length > 0) return { ...shell, compiled: null, bindings, state: 'broken', problems };
  if (isUnbound(policy, bindings)) {
    const { name, source } = policy.reference;
    const what = policy.reference.kind === 'ConstraintTemplate' ? 'constraint' : 'binding';
    const message = `policy ${name} has no ${what}, so it judges nothing`;
    const unbound = problem('PLM1310', message, { source, ...policy.place, subject: name });
    return { ...shell, compiled, bindings, state: 'unbound', problems: [...problems, unbound] };
  }
  const state = bindings.length > 0 && usable.length === 0 ? 'broken' : 'ok';
  return { ...shell, compiled, bindings: usable, state, problems };
}

function isUnbound({ needsBinding, origin }: Policy, bindings: readonly Binding[]): boolean {
  const needed = needsBinding === 'everywhere' || (needsBinding === 'in clusters' && origin === 'cluster');
  return needed && bindings.length === 0;
}

/** Bindings and policies meet by name, within files or within one cluster. */
function bindsTo(binding: Binding, policy: Policy): boolean {
  return (
    binding.policyName === policy.reference.name &&
    binding.policyKinds.includes(policy.reference.kind) &&
    (binding.source === policy.reference.source || (binding.origin === 'files' && policy.origin === 'builtin'))
  );
}
