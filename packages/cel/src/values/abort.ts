/**
 * Ends a run: nothing absorbs it. Thrown where the cost passes the limit, where one value would take too much, and
 * where cel-go itself breaks off.
 */
export class Abort extends Error {
  override readonly name = 'Abort';
  /** As of the error value that the run gives then. */
  readonly kind: 'cost' | 'evaluation';

  constructor(message: string, kind: 'cost' | 'evaluation' = 'cost') {
    super(message);
    this.kind = kind;
  }
}
