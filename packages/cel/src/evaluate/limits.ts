/** Ends a run: nothing absorbs it. Thrown where the cost passes the limit, and where one value would take too much. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
}

/** cel-go's words. */
export function costExceeded(): LimitExceeded {
  return new LimitExceeded('operation cancelled: actual cost limit exceeded');
}

/** @throws {LimitExceeded} where a run has spent more than it may. */
export function checkCost(frame: { readonly cost: number; readonly limit: number }): void {
  if (frame.cost > frame.limit) throw costExceeded();
}
