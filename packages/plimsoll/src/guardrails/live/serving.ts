import type { ServedType } from '../../model/served.ts';
import { ofOneStorage } from '../match/one-storage.ts';
import { ruleOutcomes } from '../match/rules.ts';
import { isSteps } from '../match/step.ts';
import type { Guardrail } from '../policy-set.ts';
import type { World } from '../world.ts';
import type { Rejudge } from './dependents.ts';
import type { LiveWorld } from './live-world.ts';

/** What verdicts rest on of what a source serves. */
export interface Serving {
  readonly source: string;
  readonly served: readonly ServedType[] | null;
  /** The type of each guardrail's params there, by its key; null where nothing is known of the kind. */
  readonly params: ReadonlyMap<string, string | null>;
}

/** What verdicts rest on of what a source serves now. */
export function servingOf(source: string, guardrails: readonly Guardrail[], world: World): Serving {
  const params = guardrails.flatMap(({ key, policy: { paramKind } }): [string, string | null][] =>
    paramKind === null ? [] : [[key, world.typeOfKind(source, paramKind.apiVersion, paramKind.kind)?.type ?? null]],
  );
  return { source, served: world.served(source), params: new Map(params) };
}

/**
 * What a source that serves something else than before makes be judged again: by the guardrails whose paramKind means
 * another type now, and by those whose rules match a type otherwise that was served and still is. (What came has no
 * resources yet, what went has none any more.)
 */
export function rejudgedByServing(
  before: Serving,
  after: Serving,
  guardrails: readonly Guardrail[],
): readonly Rejudge[] {
  const changed = changedTypes(before.served ?? [], after.served ?? []);
  const readers = guardrails.filter(
    (guardrail) =>
      before.params.get(guardrail.key) !== after.params.get(guardrail.key) ||
      changed.some((type) => outcomesText(guardrail, type, before) !== outcomesText(guardrail, type, after)),
  );
  if (readers.length === 0) return [];
  return [{ source: after.source, scope: null, guardrails: readers.map(({ key }) => key) }];
}

/** The types that are served before and after, but not in the same versions, or not under the same other names. */
function changedTypes(before: readonly ServedType[], after: readonly ServedType[]): readonly string[] {
  return after.flatMap(({ type }) => {
    const was = ofOneStorage(before, type);
    return was.length === 0 || JSON.stringify(was) === JSON.stringify(ofOneStorage(after, type)) ? [] : [type];
  });
}

function outcomesText({ policy, bindings }: Guardrail, type: string, { served }: Serving): string {
  const found = served?.find((one) => one.type === type);
  if (served === null || found?.heldVersion == null) return '';
  const { group, heldVersion, resource, kind, namespaced } = found;
  const subject = { type, group, version: heldVersion, resource, kind, namespaced, served };
  const matches = [policy.match, ...bindings.flatMap(({ matchResources }) => matchResources ?? [])];
  const narrowing = [policy, ...bindings].flatMap((one) => one.narrowing);
  return JSON.stringify([
    matches.map(({ rules, excludeRules, matchPolicy }) =>
      [rules, excludeRules].map((some) => ruleOutcomes(some, matchPolicy, subject)),
    ),
    narrowing.map((one) => one.steps(subject)).map((steps) => (isSteps(steps) ? steps.length : steps)),
  ]);
}

/** The versions of the clusters whose policies are in force, as text: their own policies are read in its dialect. */
export function minorsOf(guardrails: readonly Guardrail[], world: Pick<LiveWorld, 'minorOf'>): string {
  const clusters = guardrails.flatMap(({ policy: { origin, reference } }) =>
    origin === 'cluster' ? [reference.source] : [],
  );
  return JSON.stringify([...new Set(clusters)].map((source) => world.minorOf(source)));
}
