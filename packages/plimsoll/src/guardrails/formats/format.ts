import type { PolicyDocument, PolicyPart } from '../policy.ts';

/** Stands for every kind of a group. */
export const anyKind = '*';

/** A policy language that guardrails are read from. One folder each, all named in registry.ts. */
export interface Format {
  /** Stable, for messages: `ValidatingAdmissionPolicy`. */
  readonly id: string;
  /**
   * The kinds that it reads, or {@link anyKind}, in these versions of their group; another version of one is a user's
   * mistake.
   */
  readonly kinds: readonly { readonly group: string; readonly versions: readonly string[]; readonly kind: string }[];
  /**
   * Reads a document of one of these kinds, by itself: policy-set.ts joins what is made of several. Never throws: what is
   * wrong stands in the parts' `problems`.
   */
  read(document: PolicyDocument): readonly PolicyPart[];
}
