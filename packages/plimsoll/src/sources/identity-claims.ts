/**
 * Which source watches which cluster, for all sources of a process: two names that lead to one cluster are one source.
 */
export class IdentityClaims {
  readonly #holders = new Map<string, string>();

  /** Claims an identity for a source; gives the name of the source that already has it, or null. */
  claim(identity: string, source: string): string | null {
    const holder = this.#holders.get(identity);
    if (holder !== undefined && holder !== source) return holder;
    this.#holders.set(identity, source);
    return null;
  }

  /** Gives back all that a source claimed. */
  release(source: string): void {
    for (const [identity, holder] of this.#holders) if (holder === source) this.#holders.delete(identity);
  }
}
