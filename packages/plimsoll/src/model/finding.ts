import { hash } from 'node:crypto';
import type { Judgement, Verdict } from './verdict.ts';

/**
 * What stands below the line: a verdict that is not pass or skip, with its life. `outcome` fail, waived, unknown or
 * error while open; a resolved finding keeps the last one.
 */
export interface Finding extends Verdict {
  /** First 16 hex digits of SHA-256, see {@link findingId}. */
  readonly id: string;
  readonly state: 'open' | 'resolved';
  /** Log position of its last change. */
  readonly seq: number;
  /** When it opened (this time; a finding that returns opens anew), milliseconds since 1970. */
  readonly openedAt: number;
  /** When the verdict last changed in substance. */
  readonly changedAt: number;
  readonly resolvedAt: number | null;
  /** Why it ended: `passes`, `resource deleted`, `guardrail removed`, `no longer matched`, …; null while open. */
  readonly resolution: string | null;
}

/** Of a judgement, what its finding is known by. */
export interface FindingIdentity extends Pick<Judgement, 'rule' | 'binding' | 'param'> {
  readonly policy: Pick<Judgement['policy'], 'source' | 'kind' | 'namespace' | 'name'>;
  readonly resource: Pick<Judgement['resource'], 'source' | 'type' | 'scope' | 'name'>;
}

/**
 * A finding's identity: policy source, kind, namespace, name, rule, binding, param, and the resource's
 * source, type, scope, name, joined by NUL, empty where null. The uid is no part.
 */
export function findingId(judgement: FindingIdentity): string {
  const { policy, rule, binding, param, resource } = judgement;
  const words = [policy.source, policy.kind, policy.namespace, policy.name, rule, binding, param];
  const text = [...words, resource.source, resource.type, resource.scope, resource.name].map((w) => w ?? '').join('\0');
  return hash('sha256', text, 'hex').slice(0, 16);
}
