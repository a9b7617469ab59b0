import type { Outcome, Verdict } from '../../model/verdict.ts';
import type { ReportSummary } from './report.ts';

/** Counts what a run read and judged, for the report's summary and the last lines of the run. */
export class Tally {
  readonly #outcomes: Record<Outcome, number> = { pass: 0, fail: 0, waived: 0, skip: 0, unknown: 0, error: 0 };
  readonly #guardrails = new Set<string>();
  readonly #skipped = new Map<string, number>();
  resources = 0;
  /** Resources that no guardrail matched. */
  unmatched = 0;
  /** Resources that a change did not touch, and which were not judged. */
  untouched = 0;

  /** One verdict of a guardrail (its key). */
  count(guardrail: string, outcome: Outcome): void {
    this.#guardrails.add(guardrail);
    this.#outcomes[outcome] += 1;
  }

  /** Why a verdict was skipped, for the last lines. */
  skip({ policy, reason }: Verdict): void {
    const why = `${policy.name}: ${reason ?? 'skipped'}`;
    this.#skipped.set(why, (this.#skipped.get(why) ?? 0) + 1);
  }

  /** True where the guardrail of this key matched something. */
  matched(guardrail: string): boolean {
    return this.#guardrails.has(guardrail);
  }

  /** Why verdicts were skipped, with how many, the most frequent first. */
  get skipped(): readonly (readonly [string, number])[] {
    return [...this.#skipped].sort(([, a], [, b]) => b - a);
  }

  /** The report's summary; `guardrails` are those that were in force, whether they matched or not. */
  summary(guardrails: number): ReportSummary {
    return { resources: this.resources, guardrails, ...this.#outcomes };
  }
}
