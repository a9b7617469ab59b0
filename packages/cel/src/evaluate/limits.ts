import { Abort } from '../values/abort.ts';

/** cel-go's words. @throws {Abort} where a run has spent more than it may. */
export function checkCost(frame: { readonly cost: number; readonly limit: number }): void {
  if (frame.cost > frame.limit) throw new Abort('operation cancelled: actual cost limit exceeded');
}
