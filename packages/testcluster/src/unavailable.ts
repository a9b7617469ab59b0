/** Why no test cluster can run here, and what to do about it. Thrown before anything was started. */
export class TestClusterUnavailable extends Error {
  override readonly name = 'TestClusterUnavailable';
  readonly reason: string;
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(`no test cluster here: ${reason}; ${remedy}`);
    this.reason = reason;
    this.remedy = remedy;
  }
}

/**
 * Runs `start`, and gives undefined with a loud line on stderr where no test cluster can run, so that the
 * caller skips its tests. Where `CI=true` the error goes on: a suite that skips there proves nothing.
 */
export async function testClusterOrSkip<T>(
  start: () => Promise<T>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<T | undefined> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof TestClusterUnavailable) || environment['CI'] === 'true') throw error;
    process.stderr.write(`\n!!! SKIPPED, NOT TESTED: ${error.message}\n\n`);
    return undefined;
  }
}
