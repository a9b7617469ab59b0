/** What is asked of an authorizer: empty texts are as in Kubernetes' SubjectAccessReview. */
export interface AccessRequest {
  /** null: the user of the request under way. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | null;
  /** A path that is no resource's; null for a resource. */
  readonly path: string | null;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** As written; null where none was. */
  readonly fieldSelector: string | null;
  readonly labelSelector: string | null;
  readonly verb: string;
}

/** An authorizer's answer. */
export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** null where it came to a decision. */
  readonly error: string | null;
}

/** The host's authorizer. */
export type Decide = (request: AccessRequest) => AccessDecision;

const nothing: AccessRequest = {
  serviceAccount: null,
  path: null,
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  fieldSelector: null,
  labelSelector: null,
  verb: '',
};

/** How far a check is built: each step has functions of its own (pkg/cel/library/authz.go). */
type Step = 'authorizer' | 'path' | 'group' | 'resource';

/** An `authorizer`, or a check that is being built with it; the CEL value of both. */
export class Authorizer {
  readonly step: Step;
  readonly request: AccessRequest;
  readonly #decide: Decide;

  constructor(decide: Decide, step: Step = 'authorizer', request: AccessRequest = nothing) {
    this.#decide = decide;
    this.step = step;
    this.request = request;
  }

  /** The check with more of its request said. */
  with(step: Step, more: Partial<AccessRequest>): Authorizer {
    return new Authorizer(this.#decide, step, { ...this.request, ...more });
  }

  /** Asks the decider whether the request with this verb is allowed. */
  check(verb: string): Decision {
    return new Decision(this.#decide({ ...this.request, verb }));
  }
}

/** The CEL value of an {@link AccessDecision}. */
export class Decision {
  readonly access: AccessDecision;

  constructor(access: AccessDecision) {
    this.access = access;
  }
}
