import { PlimsollError } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Sink, Source } from '../../sources/source.ts';

/** What is told while sources run. */
interface Told {
  /** A source failed for good, or what came is none; it holds up no other. */
  readonly failed: (problem: Problem) => void;
  /** A source came, and is about to run. */
  readonly came: (source: Source) => void;
}

/** Runs sources beside each other, and those that come, until `signal` aborts. Resolves when all have ended. */
export async function runSources(
  sources: readonly Source[],
  arrivals: AsyncIterable<Source | Problem>,
  sink: Sink,
  signal: AbortSignal,
  { failed, came }: Told,
): Promise<void> {
  const run = async (source: Source): Promise<void> => {
    try {
      await source.run(sink, signal);
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      failed({ ...error.problem, source: error.problem.source ?? source.name });
    }
  };
  const runArriving = async (): Promise<void> => {
    const running: Promise<void>[] = [];
    for await (const arrival of arrivals) {
      if ('run' in arrival) {
        came(arrival);
        running.push(run(arrival));
      } else failed(arrival);
    }
    await Promise.all(running);
  };
  await Promise.all([...sources.map(run), runArriving()]);
}

/** Where no source can come. */
export async function* noArrivals(): AsyncGenerator<Source> {
  // none
}
