import type { Json } from '../model/json.ts';
import { member } from '../model/json.ts';
import type { Policy } from './policy.ts';
import type { Guardrail } from './policy-set.ts';

/**
 * Policies that a tool made of its own, by the owner that it writes into them (metadata.ownerReferences), judge nothing
 * where that one is judged itself: Gatekeeper writes a ValidatingAdmissionPolicy for each ConstraintTemplate in CEL, and
 * every violation would stand twice. (Kyverno says in its policy that it did so: there the copy judges.)
 */
export function withoutCopies(guardrails: readonly Guardrail[]): readonly Guardrail[] {
  const judging = new Set(guardrails.flatMap(({ policy, state }) => (state === 'ok' ? [wordOf(policy)] : [])));
  return guardrails.map((guardrail) => {
    const { policy } = guardrail;
    const made = originalsOf(policy).find((original) => judging.has(wordOf({ reference: original })));
    if (made === undefined) return guardrail;
    const idle = `it was made of ${made.kind} ${made.name}, which is judged itself`;
    return { ...guardrail, policy: { ...policy, idle } };
  });
}

type Named = Pick<Policy['reference'], 'source' | 'kind' | 'name'>;

function originalsOf({ reference, document }: Policy): readonly Named[] {
  if (reference.kind !== 'ValidatingAdmissionPolicy') return [];
  const owners = member(member(document.body, 'metadata'), 'ownerReferences');
  if (!Array.isArray(owners)) return [];
  return (owners as readonly Json[]).flatMap((owner) => {
    const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map((key) => member(owner, key));
    const isTemplate = kind === 'ConstraintTemplate' && String(apiVersion).startsWith('templates.gatekeeper.sh/');
    return isTemplate && typeof name === 'string' ? [{ source: reference.source, kind, name }] : [];
  });
}

function wordOf({ reference: { source, kind, name } }: { readonly reference: Named }): string {
  return [source, kind, name].join('\0');
}
