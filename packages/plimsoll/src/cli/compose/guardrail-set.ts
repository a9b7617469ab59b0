import { newestDialect } from '../../guardrails/evaluate/dialect.ts';
import { isPreset } from '../../guardrails/library/read-library.ts';
import { guardrailsOf, type Guardrail } from '../../guardrails/policy-set.ts';
import type { Waiver } from '../../findings/waiver.ts';
import type { Problem } from '../../model/problem.ts';
import { defaultPreset, PolicyDocuments } from './policy-documents.ts';
import { policyDocumentsIn } from './policy-files.ts';

/** Guardrails and waivers as they were read, compiled. */
export interface GuardrailSet {
  readonly documents: PolicyDocuments;
  readonly guardrails: readonly Guardrail[];
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Problem[];
}

/**
 * Reads and compiles what `--guardrails` names: presets and paths; the default preset where it names nothing, unless
 * `orDefault` is false.
 *
 * @throws PlimsollError PLM1311 for a preset, PLM1005 for a path that is not there
 */
export async function loadGuardrails(named: readonly string[], orDefault = true): Promise<GuardrailSet> {
  const given = named.length === 0 && orDefault ? [defaultPreset] : named;
  const documents = new PolicyDocuments();
  const paths = given.filter((name) => !isPreset(name));
  const unread = await policyDocumentsIn(paths, (document) => void documents.take(document));
  documents.takePresets(given.filter(isPreset));
  const { guardrails, problems } = guardrailsOf(documents.parts, () => newestDialect);
  return {
    documents,
    guardrails,
    waivers: documents.waivers,
    problems: [...unread, ...documents.problems, ...problems],
  };
}

/** All that is wrong with a set and with each of its guardrails. */
export function problemsOf({ problems, guardrails }: GuardrailSet): readonly Problem[] {
  return [...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)];
}
