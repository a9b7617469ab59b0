import { problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { withoutCopies } from './copies.ts';
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

/** The guardrails as people know them: without the variants of policies for other types. */
export function asWritten(guardrails: readonly Guardrail[]): readonly Guardrail[] {
  return guardrails.filter(({ policy }) => policy.variant === null);
}

/** Source, kind, namespace and name of a policy, which rule of it, and which variant of that, joined by NUL. */
function guardrailKey({ reference, rule, variant }: Policy): string {
  const { source, kind, namespace, name } = reference;
  const part = variant !== null ? [rule ?? '', variant] : rule !== null ? [rule] : [];
  return [source, kind, namespace ?? '', name, ...part].join('\0');
}

/**
 * Puts policies, what amends them and their bindings together, and compiles every policy. All faults of policies and
 * bindings are in the guardrails' `problems`; those of amendments, and of bindings without a policy, in `problems`
 * beside them. A wrong policy is broken alone. `now` (milliseconds since 1970) decides which amendments are over.
 */
export function guardrailsOf(
  parts: readonly PolicyPart[],
  dialectOf: (policy: Policy) => Dialect,
  now: number = Date.now(),
): { readonly guardrails: readonly Guardrail[]; readonly problems: readonly Problem[] } {
  const policies = parts.flatMap((part) => (part.part === 'policy' ? [part.policy] : []));
  const bindings = parts.flatMap((part) => (part.part === 'binding' ? [part.binding] : []));
  const amendments = parts.flatMap((part) => (part.part === 'amendment' ? [part.amendment] : []));
  const bindingsOf = Map.groupBy(bindings, ({ policyName }) => policyName);
  const current = amendments.filter((amendment) => !isOver(amendment, now));
  const seen = new Map<string, Guardrail>();
  const guardrails = policies.map((policy) => {
    const key = guardrailKey(policy);
    const own = eachOnce((bindingsOf.get(policy.reference.name) ?? []).filter((binding) => bindsTo(binding, policy)));
    const completed = policy.complete === null ? own : own.map(policy.complete);
    const dialect = policy.dialect ?? dialectOf(policy);
    const guardrail = guardrailOf(amended(policy, current), completed, dialect, seen.has(key));
    const written = policy.variant === null ? undefined : seen.get(guardrailKey({ ...policy, variant: null }));
    seen.set(key, guardrail);
    return written === undefined ? guardrail : variantOf(written, guardrail);
  });
  const policiesOf = Map.groupBy(policies, ({ reference }) => reference.name);
  const unbinding = bindings.flatMap((binding) => {
    if (policiesOf.get(binding.policyName)?.some((policy) => bindsTo(binding, policy)) === true) return [];
    return binding.problems.length > 0 || binding.idle === null ? binding.problems : [binding.idle];
  });
  const used = new Set(guardrails.flatMap((guardrail) => guardrail.amendments));
  const amending = amendments.flatMap((amendment) => {
    const { problems, idle, name, source } = amendment;
    if (isOver(amendment, now)) {
      const message = `${name} is over since ${new Date(amendment.until ?? now).toISOString()}`;
      return [...problems, problem('PLM1320', message, { source, subject: name })];
    }
    return problems.length > 0 || idle === null || used.has(amendment) ? problems : [idle];
  });
  return { guardrails: withoutCopies(guardrails), problems: [...unbinding, ...amending] };
}

/** A variant of a policy that is broken as it is written is broken with it; what is said of both is said once. */
function variantOf(written: Guardrail, variant: Guardrail): Guardrail {
  if (written.state === 'broken') return { ...variant, compiled: null, state: 'broken', problems: [] };
  return variant.state === 'broken' ? variant : { ...variant, problems: [] };
}

function isOver({ until }: Amendment, now: number): boolean {
  return until !== undefined && until <= now;
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
  const shell = { key: guardrailKey(policy), policy, amendments };
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

/** Bindings and policies of one name meet within files or within one cluster. */
function bindsTo(binding: Binding, policy: Policy): boolean {
  return (
    binding.policyKinds.includes(policy.reference.kind) &&
    (binding.source === policy.reference.source || (binding.origin === 'files' && policy.origin === 'builtin'))
  );
}
