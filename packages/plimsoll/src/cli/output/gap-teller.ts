import { setTimeout as delay } from 'node:timers/promises';
import type { LogEvent } from '../../inventory/store.ts';
import { isMissed } from '../../model/coverage.ts';
import { coverageItem } from '../../server/items.ts';
import type { CoverageItem } from '../../server/schemas.ts';
import { gapText } from './coverage-note.ts';
import { foldedGaps } from './folded-gaps.ts';

/**
 * Takes what happens and says what cannot be seen: what comes within `milliseconds` folded, and each state of
 * a source once for its code, or its reason where it has none.
 */
export function gapTeller(say: (line: string) => void, milliseconds: number): (events: readonly LogEvent[]) => void {
  const told = new Set<string>();
  let held: CoverageItem[] = [];
  const tell = (): void => {
    for (const gap of foldedGaps(held)) {
      const key = JSON.stringify([gap.source, gap.state, gap.code ?? gap.why]);
      if (!told.has(key)) say(gapText(gap));
      told.add(key);
    }
    held = [];
  };
  return (events) => {
    const missed = events.flatMap((event) =>
      event.kind === 'coverage' && isMissed(event.coverage) ? [event.coverage] : [],
    );
    if (missed.length > 0 && held.length === 0) void delay(milliseconds, undefined, { ref: false }).then(tell);
    held.push(...missed.map(coverageItem));
  };
}
