import { Abort } from '../values/abort.ts';

/** cel-go's words for a run that has spent more than it may. */
export const limitMessage = 'operation cancelled: actual cost limit exceeded';

/** @throws {Abort} where a run has spent more than it may. */
export function checkCost(frame: { readonly cost: number; readonly limit: number }): void {
  if (frame.cost > frame.limit) throw new Abort(limitMessage);
}
