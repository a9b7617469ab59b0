import { policyText } from '../../findings/conclusion.ts';
import type { Guardrail } from '../policy-set.ts';

/** A policy's findings on a resource are concluded together: all of its rules and variants judge it. */
export interface WholePolicies {
  /** {@link policyText} of each. */
  readonly policies: ReadonlySet<string>;
  /** The keys of all their guardrails. */
  readonly guardrails: ReadonlySet<string>;
}

/** The policies of some guardrails, out of all, with whatever else is of them. Asked for each resource: kept by `some`. */
export class PoliciesJudged {
  readonly #all: readonly Guardrail[];
  readonly #known = new WeakMap<ReadonlySet<string>, WholePolicies>();

  constructor(all: readonly Guardrail[]) {
    this.#all = all;
  }

  /** `some`: keys of guardrails. */
  of(some: ReadonlySet<string>): WholePolicies {
    let whole = this.#known.get(some);
    if (whole === undefined) {
      const named = this.#all.filter(({ key }) => some.has(key));
      whole = this.named(new Set(named.map(({ policy }) => policyText(policy.reference))));
      this.#known.set(some, whole);
    }
    return whole;
  }

  named(policies: ReadonlySet<string>): WholePolicies {
    const whole = this.#all.filter(({ policy }) => policies.has(policyText(policy.reference)));
    return { policies, guardrails: new Set(whole.map(({ key }) => key)) };
  }
}
