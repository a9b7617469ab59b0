import type { CoverageState } from '../../model/coverage.ts';
import type { ErrorCode } from '../../model/errors.ts';

/** Why a request of ours gave no answer that could be used; decides what is said and when it is tried again. */
export type FailureKind =
  | 'credentials' // 401, or no credential could be had
  | 'forbidden' // 403
  | 'missing' // 404: the type or the object is not there
  | 'unsupported' // 405, 406, 400, 422: this server will not do it
  | 'expired' // 410, or an expired `continue`
  | 'throttled' // 429
  | 'unavailable' // 5xx: the server, or an aggregated API behind it
  | 'unreachable' // no connection: refused, name not found, TLS not trusted
  | 'broken' // the connection ended in the middle
  | 'silent' // nothing came for too long
  | 'garbled'; // what came is no answer of a Kubernetes API server

/** A failed request. `message` is for a person and holds no credential. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly kind: FailureKind;
  /** HTTP status; null where there was none. */
  readonly status: number | null;
  /** Milliseconds that the server asks to wait; null where it does not say. */
  readonly retryAfter: number | null;

  constructor(
    kind: FailureKind,
    message: string,
    extra: { readonly status?: number; readonly retryAfter?: number | null; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: extra.cause });
    this.kind = kind;
    this.status = extra.status ?? null;
    this.retryAfter = extra.retryAfter ?? null;
  }
}

/** What a failure means for coverage, its code, and whether waiting a little (`backoff`) or long (`slow`) may mend it. */
interface FailureMeaning {
  readonly state: CoverageState;
  readonly code: ErrorCode;
  readonly retry: 'backoff' | 'slow';
}

/** The one table of what failures mean (design: "Not seen is said"). */
export const failureMeanings = {
  credentials: { state: 'down', code: 'PLM1405', retry: 'slow' },
  forbidden: { state: 'forbidden', code: 'PLM1406', retry: 'slow' },
  missing: { state: 'unsupported', code: 'PLM1407', retry: 'slow' },
  unsupported: { state: 'unsupported', code: 'PLM1407', retry: 'slow' },
  expired: { state: 'stale', code: 'PLM1408', retry: 'backoff' },
  throttled: { state: 'throttled', code: 'PLM1409', retry: 'backoff' },
  unavailable: { state: 'down', code: 'PLM1410', retry: 'backoff' },
  unreachable: { state: 'down', code: 'PLM1404', retry: 'backoff' },
  broken: { state: 'stale', code: 'PLM1408', retry: 'backoff' },
  silent: { state: 'stale', code: 'PLM1408', retry: 'backoff' },
  garbled: { state: 'down', code: 'PLM1411', retry: 'backoff' },
} as const satisfies Record<FailureKind, FailureMeaning>;

/** The reason as coverage gives it: code first, then words. */
export function reasonOf(failure: ApiFailure): string {
  return `${failureMeanings[failure.kind].code}: ${failure.message}`;
}

/**
 * The kind of failure behind an HTTP status (Kubernetes API conventions, "HTTP Status codes").
 * 504 with "Too large resource version" and 500 with an expired etcd revision come as `unavailable` and are retried.
 */
export function kindOfStatus(status: number): FailureKind {
  switch (status) {
    case 401:
    case 407:
      return 'credentials';
    case 403:
      return 'forbidden';
    case 404:
      return 'missing';
    case 410:
      return 'expired';
    case 429:
      return 'throttled';
    default:
      return status >= 500 ? 'unavailable' : 'unsupported';
  }
}

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3); null where it is absent or neither.
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
