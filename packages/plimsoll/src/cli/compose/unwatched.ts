import type { ChangeLog } from '../../inventory/change-log.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Observation } from '../../model/observation.ts';

const reason = 'not among the sources any more: what is kept of it is as it was seen last';

/**
 * Says of what the store holds of other sources than `watched` that nobody looks at it any more: as it was left, it
 * would count as seen. What was wrong with them is over, and one of which nothing was ever seen is forgotten.
 */
export async function sayUnwatched(
  store: Store,
  log: ChangeLog,
  watched: readonly string[],
  now: number,
): Promise<void> {
  const rows = (await store.coverage()).filter(({ source }) => !watched.includes(source));
  const left = [...Map.groupBy(rows, ({ source }) => source)];
  const observations = await Promise.all(
    left.map(async ([source, said]): Promise<readonly Observation[]> => {
      const { identity, types } = await store.sourceState(source);
      const isKnown = identity !== null || types.length > 0 || said.some(({ lastComplete }) => lastComplete !== null);
      const over = { kind: 'problems', source, origin: null, problems: [] } as const;
      return [over, ...said.flatMap((row) => (isKnown ? staleRow(row, now) : endOf(row)))];
    }),
  );
  await log.observe(observations.flat());
}

function staleRow(row: Coverage, since: number): readonly Observation[] {
  if (row.state === 'stale' && row.reason === reason) return [];
  return [{ kind: 'coverage', coverage: { ...row, state: 'stale', since, reason } }];
}

function endOf({ source, type, scope }: Coverage): readonly Observation[] {
  return [{ kind: 'coverage-end', source, type, scope }];
}
