/**
 * Which source watches which cluster, for all sources of a process: two names that lead to one cluster are one source.
 */
export class IdentityClaims {
  readonly #holders = new Map<string, string>();

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
    for (const [identity, holder] of this.#holders) if (holder === source) this.#holders.delete(identity);
  }
}
