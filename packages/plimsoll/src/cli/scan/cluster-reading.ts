import { LiveWorld, policyTypes } from '../../guardrails/live/live-world.ts';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { isMissed, type Coverage } from '../../model/coverage.ts';
import { problem } from '../../model/errors.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Needs } from '../../model/needs.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import { IdentityClaims } from '../../sources/identity-claims.ts';
import { sourceKinds } from '../../sources/registry.ts';
import type { Options } from '../option-table.ts';
import { foldedGaps, namesOf } from '../output/folded-gaps.ts';
import type { Terminal } from '../terminal.ts';

/** A cluster read once into memory (a store that no file holds), and what of it could not be seen. */
export interface ClusterReading {
  readonly source: string;
  /** Reads what guardrails need besides: whole ConfigMaps, other versions. */
  readonly need: (needs: Needs) => Promise<void>;
  readonly resources: () => AsyncIterable<readonly Resource[]>;
  /** What its policies read besides the judged object: the real thing, as `up` has it. */
  readonly world: LiveWorld;
  /** Its own admission policies and their bindings. */
  readonly policies: readonly Resource[];
  readonly problems: readonly Problem[];
  /** False where something of it could not be seen, accepted or not. */
  readonly whole: boolean;
  readonly close: () => Promise<void>;
}

/**
 * Reads everything of a context once (`scan kube:CONTEXT`). What is forbidden or does not answer is a problem of fault
 * `unseen`; `--allow-unknown` accepts what is forbidden.
 *
 * @throws PlimsollError PLM1401, PLM1402 for the kubeconfig and the context
 */
export async function readCluster(context: string, options: Options, { signal }: Terminal): Promise<ClusterReading> {
  const store = openSqliteStore(':memory:');
  const log = await ChangeLog.open(store, []);
  const { kubeconfig } = options;
  const entry = { context, once: true, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  const read = async (more: { readonly needs: Needs; readonly only: readonly string[] } | null): Promise<void> => {
    const asked = more === null ? entry : { ...entry, only: [...more.only] };
    for (const source of await sourceKinds.kubernetes.open(asked, { claims: new IdentityClaims() })) {
      if (more !== null) source.need?.(more.needs);
      await source.run(log, signal);
    }
  };
  await read(null);
  const need = async (needs: Needs): Promise<void> => {
    const only = new Set(needs.forms.map(({ type }) => type));
    if (needs.configMaps.length > 0) only.add('core/configmaps');
    if (only.size > 0) await read({ needs, only: [...only] });
  };
  const gaps = (await store.coverage()).filter(isMissed);
  const problems = problemsOf(gaps, context, options['allow-unknown']);
  const close = async () => {
    await log.close();
    await store.close();
  };
  const kinds = new FileKinds();
  const world = await LiveWorld.open(store, (apiVersion, kind) => kinds.of(apiVersion, kind));
  const policies = policyTypes.flatMap((type) => world.allOf(type));
  return {
    source: context,
    need,
    resources: () => store.scan({}),
    world,
    policies,
    problems,
    whole: gaps.length === 0,
    close,
  };
}

/** One problem for all types that are not seen for one reason. */
function problemsOf(gaps: readonly Coverage[], context: string, allowForbidden: boolean): readonly Problem[] {
  const told = gaps.filter(({ state }) => !(state === 'forbidden' && allowForbidden));
  return foldedGaps(told).map((gap) => {
    const names = namesOf(gap, ({ type, scope }) =>
      type === '*' ? context : `${type}${scope === null ? '' : ` in ${scope}`}`,
    );
    const message = `${names} ${gap.items.length === 1 ? 'is' : 'are'} ${gap.state}${gap.why === null ? '' : `: ${gap.why}`}`;
    return problem(gap.code ?? (gap.state === 'forbidden' ? 'PLM1406' : 'PLM1404'), message, { source: context });
  });
}
