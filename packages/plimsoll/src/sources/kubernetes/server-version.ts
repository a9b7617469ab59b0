import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';

/** Minor versions of Kubernetes 1 at which a server's behaviour changed. */
const BOOKMARKS = 16;
const WATCH_LIST = 27;

/** The minor of `/version`: that of the emulated version where it emulates one; null where it is not readable. */
export function minorOf(version: Json | undefined): number | null {
  for (const key of ['emulationMinor', 'minor']) {
    const word = member(version, key);
    // Providers write `29+`.
    const digits = typeof word === 'string' ? /^\d+/.exec(word)?.[0] : undefined;
    if (digits !== undefined) return Number(digits);
  }
  const named = member(version, 'gitVersion');
  const digits = typeof named === 'string' ? /^v?1\.(\d+)/.exec(named)?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

/** Whether the server sends bookmarks (beta and on in 1.16), so that silence means something. */
export function sendsBookmarks(minor: number | null): boolean {
  return minor !== null && minor >= BOOKMARKS;
}

/** Whether WatchList may be asked for (KEP-3157, alpha in 1.27): older servers ignore the parameters and never end. */
export function mayWatchList(minor: number | null): boolean {
  return minor !== null && minor >= WATCH_LIST;
}
