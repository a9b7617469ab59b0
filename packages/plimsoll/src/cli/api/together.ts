import { setTimeout as delay } from 'node:timers/promises';

/** The most that are given at once. */
const mostTogether = 1000;

/** Gives what comes within `milliseconds` of the first together, in its order; what comes alone, alone and as late. */
export async function* together<T>(items: AsyncIterable<T>, milliseconds: number): AsyncGenerator<readonly T[]> {
  const source = items[Symbol.asyncIterator]();
  try {
    let next = source.next();
    for (let first = await next; first.done !== true; first = await next) {
      const batch = [first.value];
      const over = delay(milliseconds, null);
      next = source.next();
      for (let more = await Promise.race([next, over]); more !== null && more.done !== true;) {
        batch.push(more.value);
        next = source.next();
        if (batch.length === mostTogether) break;
        more = await Promise.race([next, over]);
      }
      yield batch;
    }
  } finally {
    await source.return?.();
  }
}
