/**
 * A value that is made when it is first asked for. Modules make their tables so: importing one does nothing, and what
 * an application does not use is not in its bundle.
 */
/* @__NO_SIDE_EFFECTS__ */
export function lazy<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
