import { PlimsollError, problem } from '../../model/errors.ts';
import { member, type Json } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import type { Examination } from '../source.ts';
import { discover } from './discovery.ts';
import { ApiFailure, failureMeanings } from './failure.ts';
import type { KubeContext } from './kubeconfig.ts';
import { leastRoles, watchedTypes } from './least-rights.ts';
import { missingRights } from './missing-rights.ts';
import { minorOf } from './server-version.ts';
import { servedTypes } from './served-types.ts';
import { ownSurroundings } from './surroundings.ts';
import { Transport } from './transport.ts';

/** The Date header has whole seconds, and an answer takes its time: what differs less is no difference. */
const leastSkew = 5000;

type Watched = Parameters<typeof watchedTypes>[1];

/** Asks a cluster what a source would need of it; ends after so many milliseconds. Nothing is written. */
export async function examineCluster(
  name: string,
  context: KubeContext,
  watched: Watched,
  milliseconds: number,
): Promise<Examination> {
  const transport = new Transport(context, milliseconds, ownSurroundings);
  const signal = AbortSignal.timeout(milliseconds);
  const seen: { version: string | null; minor: number | null } = { version: null, minor: null };
  const problems: Problem[] = [];
  try {
    const { version, skew } = await askVersion(transport, signal);
    const named = member(version, 'gitVersion');
    seen.version = typeof named === 'string' ? named : null;
    seen.minor = minorOf(version);
    if (skew !== null && Math.abs(skew) > leastSkew) problems.push(skewProblem(name, skew));
    const served = servedTypes(await discover(transport, signal));
    const types = watchedTypes(served, watched);
    const missing = await missingRights(transport, types, watched.namespaces, signal);
    if (missing.length > 0) problems.push(rightsProblem(name, missing, types.length));
    for (const { group, version: of, reason } of served.stale)
      problems.push(problem('PLM1410', `${group}/${of} is not served: ${reason}`, { source: name }));
    return { ...seen, skew, types: types.length, missing, roles: leastRoles(types, watched), problems };
  } catch (error) {
    return {
      ...seen,
      skew: null,
      types: null,
      missing: [],
      roles: [],
      problems: [...problems, failed(name, error, signal, milliseconds)],
    };
  } finally {
    await transport.close();
  }
}

/** The answer of /version, and by how many milliseconds the server's clock is ahead of ours. */
async function askVersion(
  transport: Transport,
  signal: AbortSignal,
): Promise<{ readonly version: Json; readonly skew: number | null }> {
  const began = Date.now();
  const { body, date } = await transport.get('/version', { signal });
  const ended = Date.now();
  const version = parseExactJson(await body.text());
  const said = date === null ? Number.NaN : Date.parse(date);
  // The header has the second that it was written in: half of one later on the average.
  return { version, skew: Number.isNaN(said) ? null : Math.round(said + 500 - (began + ended) / 2) };
}

function skewProblem(source: string, skew: number): Problem {
  const seconds = Math.round(Math.abs(skew) / 1000);
  const way = skew > 0 ? 'ahead of' : 'behind';
  return problem('PLM1121', `The clock of the API server is ${seconds} s ${way} this machine's.`, { source });
}

function rightsProblem(source: string, missing: Examination['missing'], all: number): Problem {
  const named = missing
    .slice(0, 4)
    .map(({ type, scope, verbs }) => `${type}${scope === null ? '' : ` in ${scope}`} (${verbs.join(', ')})`)
    .join(', ');
  const more = missing.length > 4 ? ` and ${missing.length - 4} more` : '';
  const count = new Set(missing.map(({ type }) => type)).size;
  return problem('PLM1120', `${count} of ${all} types may not be watched: ${named}${more}.`, { source });
}

function failed(source: string, error: unknown, signal: AbortSignal, milliseconds: number): Problem {
  if (signal.aborted) return problem('PLM1404', `No answer within ${milliseconds / 1000} s.`, { source });
  if (error instanceof ApiFailure) return problem(failureMeanings[error.kind].code, error.message, { source });
  if (error instanceof PlimsollError) return { ...error.problem, source };
  throw error;
}
