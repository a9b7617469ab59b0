import type { Guardrail } from '../../guardrails/policy-set.ts';
import type { Rule } from '../../guardrails/policy.ts';
import { FileKinds, type KindTable } from '../../model/kinds.ts';
import { problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { typeName } from '../../model/served.ts';
import type { Tally } from './tally.ts';

const guesser = new FileKinds();

/**
 * Guardrails in force that judged nothing: a user's mistake where their types exist nowhere (neither among Kubernetes'
 * own, nor in a CRD that was read, nor among the resources), else a notice.
 */
export function idleGuardrails(
  guardrails: readonly Guardrail[],
  tally: Tally,
  isKnown: (type: string) => boolean,
  kinds: KindTable,
): readonly Problem[] {
  return guardrails.flatMap(({ key, state, policy, bindings }) => {
    // One of the library is about types that not every cluster has.
    if (state !== 'ok' || tally.matched(key) || policy.origin === 'builtin') return [];
    const { name } = policy.reference;
    const place = {
      source: policy.reference.source,
      file: policy.place?.file ?? null,
      line: policy.place?.line ?? null,
      subject: name,
    };
    const types = policy.appliesTo === null ? policy.match.rules.flatMap(namedTypes) : [];
    const named = [policy, ...bindings].flatMap(({ narrowing }) => narrowing.flatMap((one) => one.kinds));
    const about = [
      ...types.map((type) => ({ type, text: type })),
      ...named.map(({ group, kind }) => ({
        type: kind === '*' ? '*' : (kinds(`${group}/v1`, kind)?.type ?? guesser.guess(`${group}/v1`, kind)),
        text: group === '' || group === '*' ? kind : `${group}/${kind}`,
      })),
    ];
    if (about.length > 0 && about.every(({ type }) => !isKnown(type))) {
      const texts = [...new Set(about.map(({ text }) => text))];
      return [problem('PLM1307', `${name} is about ${texts.join(', ')}, which exists nowhere.`, place)];
    }
    return [problem('PLM1308', `${name} matched none of the resources.`, place)];
  });
}

/** The types that a rule names: `*` for every resource, `*\/pods` for those of that name in every group. */
function namedTypes({ apiGroups, resources }: Rule): readonly string[] {
  const names = resources.map((resource) => resource.split('/')[0] ?? resource);
  return apiGroups.flatMap((group) => names.map((name) => (name === '*' ? '*' : typeName(group, name))));
}
