import { problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { Waiver } from './waiver.ts';

/** What there is to say of a waiver besides that it holds. */
export type WaiverState = 'in force' | 'expires soon' | 'expired' | 'matches nothing';

const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * The state of a waiver that covers so many findings now; null: nobody knows how many, because not everything was
 * looked at. One that is over is not asked what it matches.
 */
export function waiverState({ expires }: Waiver, covered: number | null, now: number): WaiverState {
  if (expires !== null && expires <= now) return 'expired';
  if (covered === 0) return 'matches nothing';
  return expires !== null && expires - now <= SOON_MS ? 'expires soon' : 'in force';
}

/**
 * Waivers that are over, about to be, or cover nothing, as notices; `covered`: findings by the waiver's name, null where
 * not everything was looked at.
 */
export function waiverProblems(
  waivers: readonly Waiver[],
  covered: ReadonlyMap<string, number> | null,
  now: number,
): readonly Problem[] {
  return waivers.flatMap((waiver) => {
    const { name, expires, file } = waiver;
    const state = waiverState(waiver, covered === null ? null : (covered.get(name) ?? 0), now);
    if (state === 'in force') return [];
    const at = { file, subject: `Waiver ${name}` };
    if (state === 'matches nothing') return [problem('PLM1321', `waiver ${name} covers nothing here`, at)];
    const day = expires === null ? '' : new Date(expires).toISOString();
    return [problem('PLM1320', `waiver ${name} ${state === 'expired' ? 'expired' : 'expires'} at ${day}`, at)];
  });
}
