/** What a guardrail could not judge and, its failurePolicy being Ignore, left without a finding. */
export interface Skipped {
  readonly resources: number;
  /** Why, of the first of them. */
  readonly reason: string;
}

/**
 * Which resources each guardrail skipped because its expressions failed: nothing else shows them, for a skip is no
 * finding. What is saved are the counts alone; a restart shows them until it has judged those guardrails again.
 */
export class SkipTally {
  /** Guardrail → resource → reason. */
  readonly #skipped = new Map<string, Map<string, string>>();
  readonly #saved: Map<string, Skipped>;
  #kept: string;

  /** `saved`: what {@link changed} gave last; null where nothing was ever saved. */
  constructor(saved: string | null) {
    this.#kept = saved ?? '{}';
    this.#saved = new Map(Object.entries(JSON.parse(this.#kept) as Record<string, Skipped>));
  }

  /** Guardrails whose counts are those of an earlier run. */
  get unsettled(): ReadonlySet<string> {
    return new Set(this.#saved.keys());
  }

  /** These guardrails have been held against everything: the saved counts are over. */
  settle(guardrails: ReadonlySet<string>): void {
    for (const guardrail of guardrails) this.#saved.delete(guardrail);
  }

  /** A resource is gone, or about to be judged again; `only`: by these guardrails. */
  forget(resource: string, only?: ReadonlySet<string>): void {
    for (const [guardrail, resources] of this.#skipped)
      if (only === undefined || only.has(guardrail)) resources.delete(resource);
  }

  /** A guardrail could not judge a resource. */
  note(guardrail: string, resource: string, reason: string): void {
    let resources = this.#skipped.get(guardrail);
    if (resources === undefined) this.#skipped.set(guardrail, (resources = new Map()));
    if (!resources.has(resource)) resources.set(resource, reason);
  }

  /** The resources ({@link keyText}) that a guardrail skipped since the start. */
  resourcesOf(guardrail: string): Iterable<string> {
    return this.#skipped.get(guardrail)?.keys() ?? [];
  }

  /** Leaves out all guardrails but these. */
  retain(guardrails: ReadonlySet<string>): void {
    for (const key of this.#skipped.keys()) if (!guardrails.has(key)) this.#skipped.delete(key);
    for (const key of this.#saved.keys()) if (!guardrails.has(key)) this.#saved.delete(key);
  }

  /** What a guardrail skipped; null where it judged all. */
  of(guardrail: string): Skipped | null {
    const saved = this.#saved.get(guardrail);
    if (saved !== undefined) return saved;
    const resources = this.#skipped.get(guardrail);
    const [reason] = resources?.values() ?? [];
    return resources === undefined || reason === undefined ? null : { resources: resources.size, reason };
  }

  /** What to save; null where that is saved already. */
  changed(): string | null {
    const counts = [...new Set([...this.#saved.keys(), ...this.#skipped.keys()])].flatMap((guardrail) => {
      const skipped = this.of(guardrail);
      return skipped === null ? [] : [[guardrail, skipped] as const];
    });
    const text = JSON.stringify(Object.fromEntries(counts));
    if (text === this.#kept) return null;
    return (this.#kept = text);
  }
}
