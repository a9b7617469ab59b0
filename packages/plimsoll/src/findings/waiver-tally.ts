import type { Resource } from '../model/resource.ts';
import type { Verdict } from '../model/verdict.ts';
import { policyText } from './conclusion.ts';
import { matchesAny } from './glob.ts';
import { type Waiver, mayCover } from './waiver.ts';

/** What stands of the guardrails that a waiver is about. */
export interface WaiverCount {
  /** Failing verdicts that it covers. */
  readonly covered: number;
  /** Failing verdicts of its guardrails, waived or not, wherever they are. */
  readonly among: number;
  /** Namespaces, of whatever source, in which it covers something; what is in none is one of its source. */
  readonly spread: number;
  /** The first verdict that it might have covered, by all that needs no object, and did not. */
  readonly passedBy: PassedBy | null;
}

/** A verdict that a waiver left alone; `resource` where it is at hand. */
export interface PassedBy {
  readonly verdict: Verdict;
  readonly categories: readonly string[];
  readonly resource: Resource | null;
}

interface Counting {
  readonly waiver: Waiver;
  covered: number;
  among: number;
  readonly places: Set<string>;
  passedBy: PassedBy | null;
}

/** Counts what waivers cover, of how much. */
export class WaiverTally {
  readonly #all: readonly Counting[];
  readonly #byPolicy = new Map<string, readonly Counting[]>();

  constructor(waivers: readonly Waiver[]) {
    this.#all = waivers.map((waiver) => ({ waiver, covered: 0, among: 0, places: new Set(), passedBy: null }));
  }

  /** Takes a verdict, as it is after waivers; what neither failed nor was waived is none of theirs. */
  count(verdict: Verdict, categories: readonly string[], resource: Resource | null): void {
    if (verdict.outcome !== 'fail' && verdict.outcome !== 'waived') return;
    const { source, scope } = verdict.resource;
    for (const counting of this.#about(verdict, categories)) {
      counting.among += 1;
      if (verdict.waivedBy?.waiver === counting.waiver.name) {
        counting.covered += 1;
        counting.places.add(`${source}\0${scope ?? ''}`);
      } else if (counting.passedBy === null && mayCover(counting.waiver, { ...verdict, categories }))
        counting.passedBy = { verdict, categories, resource };
    }
  }

  /** What became of a waiver so far. */
  of(waiver: Waiver): WaiverCount {
    const found = this.#all.find((counting) => counting.waiver === waiver);
    if (found === undefined) return { covered: 0, among: 0, spread: 0, passedBy: null };
    const { covered, among, places, passedBy } = found;
    return { covered, among, spread: places.size, passedBy };
  }

  /** The waivers that are about a policy, wherever: mostly the same policy is asked for again. */
  #about({ policy }: Verdict, categories: readonly string[]): readonly Counting[] {
    const key = policyText(policy);
    let found = this.#byPolicy.get(key);
    if (found === undefined) {
      found = this.#all.filter(
        ({ waiver: { advisories, guardrails, categories: wanted } }) =>
          advisories === null &&
          (guardrails === null || matchesAny(guardrails, policy.name)) &&
          (wanted === null || categories.some((category) => matchesAny(wanted, category))),
      );
      this.#byPolicy.set(key, found);
    }
    return found;
  }
}
