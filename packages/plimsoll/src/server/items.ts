import type { Owner } from '../findings/owner.ts';
import type { Change } from '../model/change.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Finding } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Resource } from '../model/resource.ts';
import type { Verdict } from '../model/verdict.ts';
import type { ConfigurationState } from './backend.ts';
import type {
  ChangeItem,
  ConfigurationItem,
  CoverageItem,
  FindingItem,
  ProblemItem,
  ResourceItem,
  VerdictItem,
} from './schemas.ts';

/** RFC 3339, UTC, milliseconds. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const timeOrNull = (milliseconds: number | null) => (milliseconds === null ? null : timeText(milliseconds));

/** A verdict as the API and reports write it. */
export function verdictItem(verdict: Verdict): VerdictItem {
  const { policy, resource } = verdict;
  return {
    guardrail: policy.name,
    policy: { source: policy.source, kind: policy.kind, namespace: policy.namespace },
    binding: verdict.binding,
    rule: verdict.rule,
    param: verdict.param,
    resource: {
      source: resource.source,
      type: resource.type,
      apiVersion: resource.apiVersion,
      kind: resource.kind,
      namespace: resource.scope,
      name: resource.name,
      uid: resource.uid,
      file: resource.place?.file ?? null,
      line: resource.place?.line ?? null,
    },
    outcome: verdict.outcome,
    severity: verdict.severity,
    reason: verdict.reason,
    violations: verdict.violations.map(({ index, message, expression, paths }) => ({
      index,
      message,
      expression,
      paths: [...paths],
    })),
  };
}

/** A finding: its verdict, its life, the topmost owner of what it is about, and why that is not seen as of now. */
export function findingItem(finding: Finding, owner: Owner | null, stale: FindingItem['stale']): FindingItem {
  const { id, state, seq, openedAt, changedAt, resolvedAt, resolution, waivedBy } = finding;
  return {
    id,
    state,
    seq,
    ...verdictItem(finding),
    openedAt: timeText(openedAt),
    changedAt: timeText(changedAt),
    resolvedAt: timeOrNull(resolvedAt),
    resolution,
    owner: owner === null ? null : ownerItem(owner),
    waivedBy: waivedBy === null ? null : { ...waivedBy, until: timeOrNull(waivedBy.until) },
    stale,
  };
}

function ownerItem({ type, kind, scope, name, unseen }: Owner): FindingItem['owner'] {
  return { type, kind, namespace: scope, name, unseen };
}

/**
 * A resource. What a Secret holds is never shown, whoever stored it: `data` and `stringData` are left out and named
 * in `unseen`.
 */
export function resourceItem(resource: Resource): ResourceItem {
  const { source, type, scope, name, apiVersion, kind, uid, version, place } = resource;
  const secret = type === 'core/secrets';
  const unseen = secret ? [...new Set([...resource.unseen, ...secretFields])] : [...resource.unseen];
  const object = secret ? withoutSecrets(resource.body) : resource.body;
  const where = { file: place?.file ?? null, line: place?.line ?? null };
  return { source, type, scope, name, apiVersion, kind, uid, version, ...where, unseen, object };
}

const secretFields = ['data', 'stringData'];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function withoutSecrets(body: JsonObject): JsonObject {
  return without(body, (path) => secretFields.includes(path) || path === `metadata\0annotations\0${lastApplied}`);
}

function without(object: JsonObject, drop: (path: string) => boolean, prefix = ''): JsonObject {
  const kept = Object.entries(object).filter(([key]) => !drop(prefix + key));
  const entries = kept.map(([key, value]): [string, Json] => {
    const deeper = ['metadata', 'metadata\0annotations'].includes(prefix + key) && isJsonObject(value);
    return [key, deeper ? without(value, drop, `${prefix}${key}\0`) : value];
  });
  return Object.fromEntries(entries);
}

/** A row of the change log. */
export function changeItem(change: Change): ChangeItem {
  const { seq, at, operation, key, uid, resource } = change;
  const { source, type, scope, name } = key;
  const shown = resource === null ? null : resourceItem(resource);
  return { seq, at: timeText(at), operation, source, type, scope, name, uid, resource: shown };
}

/** A coverage row. */
export function coverageItem(coverage: Coverage): CoverageItem {
  const { source, type, scope, state, since, lastComplete, reason } = coverage;
  return { source, type, scope, state, since: timeText(since), lastComplete: timeOrNull(lastComplete), reason };
}

/** A problem as reports show it; what it is about is said in its message. */
export function problemItem(problem: Problem): ProblemItem {
  const { code, source, file, document, line, column, message, remedy } = problem;
  return { code, source, file, document, line, column, message, remedy };
}

/** The configuration of a server, as the API tells it. */
export function configurationItem({ file, since, problems }: ConfigurationState): ConfigurationItem {
  return { file, since: timeText(since), problems: problems.map(problemItem) };
}
