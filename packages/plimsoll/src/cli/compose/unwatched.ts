import type { ChangeLog } from '../../inventory/change-log.ts';
import type { Store } from '../../inventory/store.ts';

const reason = 'not among the sources any more: what is kept of it is as it was seen last';

/**
 * Says of what the store holds of other sources than `watched` that nobody looks at it any more: as it was left, it
 * would count as seen.
 */
export async function sayUnwatched(
  store: Store,
  log: ChangeLog,
  watched: readonly string[],
  now: number,
): Promise<void> {
  const rows = (await store.coverage()).filter(
    ({ source, state, reason: said }) => !watched.includes(source) && (state !== 'stale' || said !== reason),
  );
  await log.observe(
    rows.map((row) => ({ kind: 'coverage', coverage: { ...row, state: 'stale', since: now, reason } as const })),
  );
}
