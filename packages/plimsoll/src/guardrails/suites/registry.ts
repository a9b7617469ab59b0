import type { FileObject } from '../../sources/files/file-item.ts';
import { runSuite, suitesIn } from './gatekeeper/run-suite.ts';
import { kyvernoTestsIn, runKyvernoTest } from './kyverno/run-test.ts';
import type { SuiteRun } from './suite-result.ts';

/** A kind of test files that another tool brings. */
interface SuiteKind {
  /** Every file of the kind in files and folders. */
  readonly find: (targets: readonly string[]) => Promise<readonly FileObject[]>;
  readonly run: (file: FileObject) => Promise<SuiteRun>;
}

/** Every kind of them; the only list that names them all. */
const kinds: readonly SuiteKind[] = [
  { find: suitesIn, run: runSuite },
  { find: kyvernoTestsIn, run: runKyvernoTest },
];

/** Runs the test files of other tools in files and folders, one after another. */
export async function runSuitesIn(targets: readonly string[]): Promise<readonly SuiteRun[]> {
  const runs: SuiteRun[] = [];
  for (const { find, run } of kinds) for (const file of await find(targets)) runs.push(await run(file));
  return runs;
}
