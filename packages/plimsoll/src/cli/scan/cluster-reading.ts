import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { problem } from '../../model/errors.ts';
import { isComplete } from '../../model/coverage.ts';
import type { Needs } from '../../model/needs.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import { type ServedType, servedSchema } from '../../model/served.ts';
import { KubernetesSource } from '../../sources/kubernetes/kubernetes-source.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';

/** A cluster read once into memory (a store that no file holds), and what of it could not be seen. */
export interface ClusterReading {
  readonly source: string;
  readonly served: readonly ServedType[] | null;
  /** Why a type is not listed completely; null where it is. */
  readonly unlisted: (type: string, scope: string | null) => string | null;
  /** Reads what guardrails need besides: whole ConfigMaps, other versions. */
  readonly need: (needs: Needs) => Promise<void>;
  readonly resources: () => AsyncIterable<readonly Resource[]>;
  readonly problems: readonly Problem[];
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
  const asked = { name: context, context, once: true, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  await new KubernetesSource(asked).run(log, signal);
  const need = async (needs: Needs): Promise<void> => {
    const only = [...new Set([...(needs.configMaps.length === 0 ? [] : ['core/configmaps']), ...typesOf(needs)])];
    if (only.length === 0) return;
    const source = new KubernetesSource({ ...asked, only });
    source.need(needs);
    await source.run(log, signal);
  };
  const served = servedSchema.safeParse((await store.sourceState(context)).facts.get('served'));
  const rows = await store.coverage();
  const unlisted = (type: string, scope: string | null): string | null => {
    const row = rows.find((found) => found.type === type && (found.scope === null || found.scope === scope));
    if (isComplete(row)) return null;
    return `${type} of ${context} cannot be listed: ${row?.reason ?? row?.state ?? 'not served'}`;
  };
  const problems = (await store.coverage()).flatMap(({ type, state, reason }) => {
    if (state !== 'forbidden' && state !== 'down' && state !== 'throttled' && state !== 'stale') return [];
    if (state === 'forbidden' && options['allow-unknown']) return [];
    const message = `${type === '*' ? context : type} is ${state}${reason === null ? '' : `: ${reason}`}`;
    return [problem(state === 'forbidden' ? 'PLM1406' : 'PLM1404', message, { source: context })];
  });
  const close = async () => {
    await log.close();
    await store.close();
  };
  return {
    source: context,
    served: served.success ? served.data.types : null,
    unlisted,
    need,
    resources: () => store.scan({}),
    problems,
    close,
  };
}

function typesOf({ forms }: Needs): readonly string[] {
  return forms.map(({ type }) => type);
}
