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

/**
 * What ended a run: nothing else than an abort may, but for the end of the stack, to which values come that are nested
 * in one another ten thousand times. Null where an error is neither.
 */
export function abortOf(error: unknown): Abort | null {
  if (error instanceof Abort) return error;
  // V8's and JavaScriptCore's words, and SpiderMonkey's.
  const overflow = error instanceof Error && /call stack size exceeded|too much recursion/.test(error.message);
  return overflow ? new Abort('operation cancelled: values nested too deep', 'evaluation') : null;
}
