import type { FilePlace, ResourceKey } from './resource.ts';
import type { Severity } from './severity.ts';

/** What became of one policy × binding × param on one resource. */
export type Outcome = 'pass' | 'fail' | 'waived' | 'skip' | 'unknown' | 'error';

/** The policy that judged. `source` is `files`, `builtin`, or the cluster that it was found in. */
export interface PolicyReference {
  readonly source: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** One validation that did not hold. */
export interface Violation {
  /** 0-based position among the policy's validations. */
  readonly index: number;
  readonly message: string;
  readonly expression: string;
  /** Field paths of the object that made it false. */
  readonly paths: readonly string[];
}

/** Who judged what: the parts of a finding's identity. */
export interface Judgement {
  readonly policy: PolicyReference;
  readonly binding: string | null;
  readonly rule: string | null;
  readonly param: string | null;
  readonly resource: ResourceKey;
}

/** The judged resource as reports show it. */
export interface JudgedResource extends ResourceKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly uid: string | null;
  readonly place: FilePlace | null;
}

/** Which waiver covers a failing verdict. */
export interface WaivedBy {
  readonly waiver: string;
  readonly reason: string;
  readonly owner: string | null;
  /** Milliseconds since 1970; null: no end in time. */
  readonly until: number | null;
}

/** One verdict. */
export interface Verdict extends Judgement {
  readonly resource: JudgedResource;
  readonly outcome: Outcome;
  readonly severity: Severity;
  /** Always there for skip, unknown and error. */
  readonly reason: string | null;
  readonly violations: readonly Violation[];
  readonly waivedBy: WaivedBy | null;
}
