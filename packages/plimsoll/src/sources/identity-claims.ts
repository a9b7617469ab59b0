/**
 * Which source watches which cluster, for all sources of a process: two names that lead to one cluster are one source.
 */
export class IdentityClaims {
  readonly #holders = new Map<string, string>();
  #released = Promise.withResolvers<void>();

  /**
   * Claims a cluster for a source, by all that it is known by; gives the name of the source that already has any of it,
   * or null.
   */
  claim(identities: readonly string[], source: string): string | null {
    for (const identity of identities) {
      const holder = this.#holders.get(identity);
      if (holder !== undefined && holder !== source) return holder;
    }
    for (const identity of identities) this.#holders.set(identity, source);
    return null;
  }

  /** Gives back all that a source claimed. */
  release(source: string): void {
    const held = [...this.#holders].filter(([, holder]) => holder === source);
    for (const [identity] of held) this.#holders.delete(identity);
    if (held.length === 0) return;
    this.#released.resolve();
    this.#released = Promise.withResolvers<void>();
  }

  /** Resolves when a source gives something back the next time: who was refused may claim again. */
  get released(): Promise<void> {
    return this.#released.promise;
  }
}
