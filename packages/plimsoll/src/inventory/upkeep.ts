import { type Clock, pause } from '../model/clock.ts';
import type { Store } from './store.ts';

/** How often a store is looked at that has nothing to do. */
const IDLE_MS = 5_000;
/** After a step as many times as long is left to everything else: while nothing is written, and while something is. */
const REST = { quiet: 3, busy: 20 } as const;
const SHORTEST_REST_MS = 5;
const RETRY_MS = 10_000;

/**
 * Tends a store in the background until `signal` aborts: small steps between transactions, with longer rests the more
 * is to be done besides. A store that cannot be written is tried again later; whoever commits says so.
 *
 * @param isBusy whether transactions are being written or wait
 */
export async function tendStore(store: Store, isBusy: () => boolean, signal: AbortSignal, clock: Clock): Promise<void> {
  while (!signal.aborted) {
    const began = clock.elapsed();
    const next = await store.tend().catch(() => 'later' as const);
    const ended = clock.elapsed();
    const rest = Math.max(SHORTEST_REST_MS, (ended - began) * (isBusy() ? REST.busy : REST.quiet));
    await pause(next === 'later' ? RETRY_MS : next ? rest : IDLE_MS, signal, clock);
    if (next !== true) continue;
    // A timer that comes late tells of an event loop that has other work.
    const late = clock.elapsed() - ended - rest;
    if (late > SHORTEST_REST_MS) await pause(late, signal, clock);
  }
}
