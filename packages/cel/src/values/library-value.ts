import type { Fault } from './fault.ts';

/** A value of a type that a library brings: it says itself what its type is called, and what equals it. */
export abstract class LibraryValue {
  abstract get type(): string;
  /** Asked of values of the same type. */
  abstract equals(other: LibraryValue): boolean | Fault;
}
