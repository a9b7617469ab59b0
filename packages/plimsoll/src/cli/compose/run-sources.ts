import { PlimsollError } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Sink, Source } from '../../sources/source.ts';

/**
 * Runs sources beside each other until `signal` aborts; one that fails for good is told to `failed` and holds up no
 * other. Resolves when all have ended.
 */
export async function runSources(
  sources: readonly Source[],
  sink: Sink,
  signal: AbortSignal,
  failed: (problem: Problem) => void,
): Promise<void> {
  await Promise.all(
    sources.map(async (source) => {
      try {
        await source.run(sink, signal);
      } catch (error) {
        if (!(error instanceof PlimsollError)) throw error;
        failed({ ...error.problem, source: error.problem.source ?? source.name });
      }
    }),
  );
}
