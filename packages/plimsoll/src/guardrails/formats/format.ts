import type { PolicyDocument, PolicyPart } from '../policy.ts';

/** A policy language that guardrails are read from. One folder each, all named in registry.ts. */
export interface Format {
  /** Stable, for messages: `ValidatingAdmissionPolicy`. */
  readonly id: string;
  /** The API groups whose every kind must be one that we know: another is a user's mistake (a misspelt kind). */
  readonly kinds: readonly { readonly group: string; readonly versions: readonly string[]; readonly kind: string }[];
  /** Reads a document of one of these kinds. Never throws: what is wrong stands in the part's `problems`. */
  read(document: PolicyDocument): PolicyPart;
}
