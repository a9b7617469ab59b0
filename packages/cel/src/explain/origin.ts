/** Where a value may come from. */
export interface Origin {
  /** The field paths that it may be the value of. */
  readonly paths: readonly (readonly string[])[];
  /** Of what was put together here: where its parts come from. */
  readonly parts: ReadonlyMap<string, Origin>;
  /** Of a list or map that was made here: where its elements may come from; null where it has none of its own. */
  readonly element: Origin | null;
}

/** A value that was computed. */
export const nowhere: Origin = { paths: [], parts: new Map(), element: null };

/** Either of two. */
export function union(a: Origin, b: Origin): Origin {
  if (a === nowhere) return b;
  if (b === nowhere) return a;
  const parts = new Map(a.parts);
  for (const [name, part] of b.parts) parts.set(name, union(parts.get(name) ?? nowhere, part));
  const inner = a.element === null ? b.element : b.element === null ? a.element : union(a.element, b.element);
  return { paths: [...a.paths, ...b.paths], parts, element: inner };
}

/** A field, or the value of a key that is known. */
export function field(origin: Origin, name: string): Origin {
  const inside = { ...nowhere, paths: origin.paths.map((path) => [...path, name]) };
  return [origin.parts.get(name), origin.element].reduce<Origin>(
    (found, part) => (part === undefined || part === null ? found : union(found, part)),
    inside,
  );
}

/** An element, or the value of a key that is computed; in a loop over a map its keys too. */
export function element(origin: Origin): Origin {
  const inside = { ...nowhere, paths: origin.paths.map((path) => [...path, '*']) };
  const parts = [...origin.parts.values()].reduce(union, inside);
  return origin.element === null ? parts : union(parts, origin.element);
}
