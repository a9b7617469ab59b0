import { severityRank, type Severity } from '../model/severity.ts';
import type { Outcome } from '../model/verdict.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import type { Options } from './option-table.ts';

/** What a single verdict asks for as exit code: errors always tell, unknown unless it is allowed. */
export function exitCodeOfVerdict(
  { outcome, severity }: { readonly outcome: Outcome; readonly severity: Severity },
  options: Pick<Options, 'fail-on' | 'allow-unknown'>,
): ExitCode {
  const line = options['fail-on'];
  if (outcome === 'error') return exitCodes.unseen;
  if (outcome === 'unknown') return options['allow-unknown'] ? exitCodes.good : exitCodes.unseen;
  const counts = outcome === 'fail' && line !== 'none' && severityRank(severity) <= severityRank(line);
  return counts ? exitCodes.findings : exitCodes.good;
}
