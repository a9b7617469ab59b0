import type { Type } from '../types/type.ts';
import { parseSignature } from './signature.ts';

/** One way to call a function. */
export interface Overload {
  /** cel-go's identifier; the cost model knows overloads by it. */
  readonly id: string;
  readonly member: boolean;
  /** A member's target is the first. */
  readonly args: readonly Type[];
  readonly result: Type;
  /** Names of the type parameters in it. */
  readonly params: readonly string[];
}

/** A function as the checker sees it: its overloads in cel-go's order. */
export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** The declarations of one library and the minor version of Kubernetes that brought it. */
export interface DeclaredLibrary {
  readonly since: number;
  /** Made when an environment is first checked: importing a library costs nothing. */
  readonly functions: () => readonly FunctionDeclaration[];
}

/** Most of what is declared no expression asks for: signatures are read when the first one does. */
class Declaration implements FunctionDeclaration {
  readonly name: string;
  #overloads: readonly Overload[] | (() => readonly Overload[]);

  constructor(name: string, overloads: () => readonly Overload[]) {
    this.name = name;
    this.#overloads = overloads;
  }

  get overloads(): readonly Overload[] {
    if (typeof this.#overloads === 'function') this.#overloads = this.#overloads();
    return this.#overloads;
  }
}

/**
 * A declaration from signatures as cel-go prints them: `string.(int) -> string` for a member, `(A, list(A)) -> bool`
 * for a global function, each behind its overload's identifier.
 */
export function declare(name: string, overloads: Readonly<Record<string, string>>): FunctionDeclaration {
  return new Declaration(name, () =>
    Object.entries(overloads).map(([id, signature]) => ({ id, ...parseSignature(signature) })),
  );
}

/** One declaration of two libraries' functions of one name: the overloads of both, each once, the first's first. */
export function merge(first: FunctionDeclaration, second: FunctionDeclaration): FunctionDeclaration {
  return new Declaration(first.name, () => {
    const known = new Set(first.overloads.map(({ id }) => id));
    return [...first.overloads, ...second.overloads.filter(({ id }) => !known.has(id))];
  });
}
