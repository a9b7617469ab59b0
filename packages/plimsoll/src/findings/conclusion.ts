import type { ResourceKey } from '../model/resource.ts';
import type { PolicyReference, Verdict } from '../model/verdict.ts';

/**
 * Policies (by {@link policyText}) that are still to be judged, once it is known what they read: what stands open of
 * them stays as it is.
 */
type Waiting = ReadonlySet<string>;

/**
 * What a reader of the log concludes. Verdicts replace what stood open within the same bounds: what is not among them
 * ends, with `ended` as its resolution. Only fail, waived, unknown and error become findings.
 */
export type Conclusion =
  /** All verdicts on one resource. */
  | {
      readonly about: 'resource';
      readonly resource: ResourceKey;
      readonly verdicts: readonly Verdict[];
      readonly ended: string;
      readonly waiting?: Waiting;
    }
  /** All verdicts of some policies (by {@link policyText}) on one resource; other policies' findings on it stay. */
  | {
      readonly about: 'policies on resource';
      readonly policies: ReadonlySet<string>;
      readonly resource: ResourceKey;
      readonly verdicts: readonly Verdict[];
      readonly ended: string;
      readonly waiting?: Waiting;
    }
  /** The policy is gone. */
  | { readonly about: 'policy'; readonly policy: string; readonly ended: string };

/** One string for a policy: source, kind, namespace and name joined by NUL. */
export function policyText(policy: PolicyReference): string {
  return [policy.source, policy.kind, policy.namespace ?? '', policy.name].join('\0');
}
