import { beginsDotted } from '../environment/dotted-names.ts';
import type { Environment } from '../environment/environment.ts';
import { type Type, dyn, struct, typeOfType } from './types/type.ts';
import type { Typing } from './typing.ts';

/** What names mean at one place of an expression, innermost first (cel-go checker/env.go, checker/scopes.go). */
export class Names {
  readonly #environment: Environment;
  readonly #typing: Typing;
  readonly #locals: ReadonlyMap<string, Type>;

  constructor(environment: Environment, typing: Typing, locals: ReadonlyMap<string, Type> = new Map()) {
    this.#environment = environment;
    this.#typing = typing;
    this.#locals = locals;
  }

  /** The names inside a loop or binding. */
  enter(locals: readonly (readonly [string, Type])[]): Names {
    return new Names(this.#environment, this.#typing, new Map([...this.#locals, ...locals]));
  }

  /** The type of a variable, or of a type's name; a leading dot names the environment's own. */
  find(name: string): Type | undefined {
    if (name.startsWith('.')) return this.#global(name.slice(1));
    return this.#locals.get(name) ?? this.#global(name);
  }

  /** False for the first name of a selection that cannot be one dotted name. */
  beginsDotted(root: string): boolean {
    const { variables, types, objectRoots } = this.#typing;
    return (
      this.#environment.beginsDotted(root) ||
      beginsDotted(variables, root) ||
      beginsDotted(types, root) ||
      objectRoots.includes(root)
    );
  }

  /** Everything that can be named here, for hints and completion: innermost first. */
  all(): ReadonlyMap<string, Type> {
    const found = new Map([...this.#locals].filter(([name]) => /^[A-Za-z_]\w*$/.test(name)).toReversed());
    for (const name of [
      ...this.#environment.variableNames,
      ...this.#typing.variables.keys(),
      ...(this.#environment.composed === null ? [] : [this.#environment.composed.root]),
    ]) {
      const type = found.has(name) ? undefined : this.#global(name);
      if (type !== undefined) found.set(name, type);
    }
    return found;
  }

  #global(name: string): Type | undefined {
    const composed = this.#environment.composed;
    if (composed !== null && composed.root === name)
      return struct('kubernetes.variables', {
        find: (field) => {
          const type = composed.typeOf(field);
          return type === undefined ? undefined : { type, description: '', required: true, enum: null };
        },
        names: () => composed.names,
      });
    const declared = this.#typing.variables.get(name);
    if (declared !== undefined) return declared;
    if (this.#environment.slotOf(name) !== undefined) return dyn;
    const type = this.#typing.types.get(name) ?? this.#typing.objects(name);
    return type === null || type === undefined ? undefined : typeOfType(type);
  }
}
