import { knownMinors } from '../../guardrails/evaluate/dialect.ts';
import { problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { plimsollVersion } from '../version.ts';
import type { Check } from './check.ts';

/** What runs here. */
export function versions(): Check {
  const { node, sqlite = 'unknown' } = process.versions;
  const said = `Plimsoll ${plimsollVersion()}, Node ${node}, SQLite ${sqlite}`;
  return { check: 'versions', subject: null, said, problems: [] };
}

/** Whether policies of a cluster of this minor version are judged as it judges them; null: its minor is not known. */
export function versionProblem(source: string, minor: number | null): Problem | null {
  const { oldest, newest } = knownMinors;
  if (minor === null || (minor >= oldest && minor <= newest)) return null;
  const message = `Kubernetes 1.${minor} is ${minor > newest ? 'newer' : 'older'} than the versions whose policies are known (1.${oldest} to 1.${newest}).`;
  return problem('PLM1123', message, { source });
}
