import { LiveWorld } from '../../guardrails/live/live-world.ts';
import { isMissed, type Coverage } from '../../model/coverage.ts';
import { problem } from '../../model/errors.ts';
import { FileKinds } from '../../model/kinds.ts';
import { type Needs, typesNeeded } from '../../model/needs.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import { IdentityClaims } from '../../sources/identity-claims.ts';
import { sourceKinds } from '../../sources/registry.ts';
import { SnapshotFile } from '../../sources/snapshots/snapshot-file.ts';
import { SnapshotSource } from '../../sources/snapshots/snapshot-source.ts';
import { openSpoolStore, type SpoolStore } from '../compose/spool-store.ts';
import type { Options } from '../option-table.ts';
import { foldedGaps, namesOf } from '../output/folded-gaps.ts';
import type { Terminal } from '../terminal.ts';

/** A cluster, or a snapshot of one, read once into a store of the pass's own, and what of it could not be seen. */
export interface ClusterReading {
  readonly source: string;
  /** Milliseconds since 1970 of which a snapshot is; null for a cluster that was read just now. */
  readonly asOf: number | null;
  /** Reads what guardrails need besides: whole ConfigMaps, other versions. */
  readonly need: (needs: Needs) => Promise<void>;
  readonly resources: () => AsyncIterable<readonly Resource[]>;
  /** What its policies read besides the judged object: the real thing, as `up` has it. */
  readonly world: LiveWorld;
  /** Its own policies, and what goes with them. */
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
  const spool = await openSpoolStore('memory');
  const { kubeconfig } = options;
  const entry = { context, once: true, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  const read = async (more: { readonly needs: Needs; readonly only: readonly string[] } | null): Promise<void> => {
    const asked = more === null ? entry : { ...entry, only: [...more.only] };
    for (const source of await sourceKinds.kubernetes.open(asked, { claims: new IdentityClaims() })) {
      if (more !== null) source.need?.(more.needs);
      await source.run(spool.log, signal);
    }
  };
  const need = async (needs: Needs): Promise<void> => {
    const only = typesNeeded(needs);
    if (only.length > 0) await read({ needs, only });
  };
  return await readInto(spool, async () => await read(null), { source: context, asOf: null, need }, options);
}

/**
 * Reads a snapshot as {@link readCluster} reads the cluster that it is of: the same verdicts, and the same gaps. What
 * guardrails need beyond what was read then is unknown.
 *
 * @throws PlimsollError PLM1207, PLM122x where it cannot be read, or is none
 */
export async function readSnapshot(path: string, options: Options, { signal }: Terminal): Promise<ClusterReading> {
  const { source, ended } = await SnapshotFile.head(path);
  const spool = await openSpoolStore('disk');
  const claims = new IdentityClaims();
  const read = async () =>
    await new SnapshotSource(source, path, { once: true, claims, interval: 0 }).run(spool.log, signal);
  return await readInto(spool, read, { source, asOf: ended, need: async () => undefined }, options);
}

async function readInto(
  { store, close }: SpoolStore,
  read: () => Promise<void>,
  about: Pick<ClusterReading, 'source' | 'asOf' | 'need'>,
  options: Options,
): Promise<ClusterReading> {
  try {
    await read();
    const gaps = (await store.coverage()).filter(isMissed);
    const kinds = new FileKinds();
    const world = await LiveWorld.open(store, (apiVersion, kind) => kinds.of(apiVersion, kind));
    return {
      ...about,
      resources: () => store.scan({}),
      world,
      policies: world.policies,
      problems: problemsOf(gaps, about.source, options['allow-unknown']),
      whole: gaps.length === 0,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
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
