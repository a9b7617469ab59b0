import type { Value } from '@plimsoll/cel';
import type { Hunt, Place } from './difference.ts';

/**
 * Compares what stands at a place with what is wanted there: true where it holds. With a hunt all that differs is told;
 * without one it ends at the first. `holder` is the object that `actual` is a member of.
 */
export type Comparison = (
  actual: Value | undefined,
  holder: Value | undefined,
  hunt: Hunt | null,
  at: Place | null,
) => boolean;

/** Whatever stands there will do. */
export const ignored: Comparison = () => true;
