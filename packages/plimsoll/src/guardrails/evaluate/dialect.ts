/** Which CEL a policy is written in: a server's minor version, and whether that server has accepted it already. */
export interface Dialect {
  /** For example `1.36`. */
  readonly version: string;
  readonly expressions: 'new' | 'stored';
}

/** The Kubernetes versions whose CEL is known, as minor numbers; others count as the nearest. */
export const knownMinors = { oldest: 27, newest: 36 };

/** What people write for no particular cluster. */
export const newestDialect: Dialect = { version: `1.${knownMinors.newest}`, expressions: 'new' };

/** What a server of this minor version has accepted; null: the version is not known. */
export function storedDialect(minor: number | null): Dialect {
  const known = Math.min(knownMinors.newest, Math.max(knownMinors.oldest, minor ?? knownMinors.newest));
  return { version: `1.${known}`, expressions: 'stored' };
}
