import type { Resource, ResourceKey } from '../../model/resource.ts';

const nobody: ReadonlyMap<string, Resource> = new Map();

/** Whole resources in memory, by source and type, and by scope within them: a look-up asks for each judged resource. */
export class KeptBodies {
  /** Source → type → scope (`''` for none) → name → resource. */
  readonly #sources = new Map<string, Map<string, Map<string, Map<string, Resource>>>>();

  get({ source, type, scope, name }: ResourceKey): Resource | null {
    return (
      this.#sources
        .get(source)
        ?.get(type)
        ?.get(scope ?? '')
        ?.get(name) ?? null
    );
  }

  set(resource: Resource): void {
    const { source, type, scope, name } = resource;
    const types = made(this.#sources, source);
    made(made(types, type), scope ?? '').set(name, resource);
  }

  delete({ source, type, scope, name }: ResourceKey): void {
    const scopes = this.#sources.get(source)?.get(type);
    const names = scopes?.get(scope ?? '');
    names?.delete(name);
    if (names?.size === 0) scopes?.delete(scope ?? '');
  }

  /** Those of a type in a source, in one scope or, for null, in all. */
  list(source: string, type: string, scope: string | null): readonly Resource[] {
    const scopes = this.#sources.get(source)?.get(type);
    if (scopes === undefined) return [];
    return scope === null
      ? [...scopes.values()].flatMap((names) => [...names.values()])
      : [...(scopes.get(scope) ?? nobody).values()];
  }

  /** Those of a type, of all sources. */
  ofAllSources(type: string): readonly Resource[] {
    return [...this.#sources.keys()].flatMap((source) => this.list(source, type, null));
  }
}

function made<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = maps.get(key);
  if (found === undefined) maps.set(key, (found = new Map()));
  return found;
}
