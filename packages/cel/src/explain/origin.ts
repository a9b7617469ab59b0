/** Where a value may come from. */
export interface Origin {
  /** The field paths that it may be the value of; for people and programs by {@link pathsOf}. */
  readonly paths: readonly (readonly string[])[];
  /** Of what was put together here: where its parts come from. */
  readonly parts: ReadonlyMap<string, Origin>;
  /** Of a list or map that was made here: where its elements may come from; null where it has none of its own. */
  readonly element: Origin | null;
}

/** A value that was computed. */
export const nowhere: Origin = { paths: [], parts: new Map(), element: null };

/** More paths than these are no longer told apart: the value may be anything in the variables that they begin with. */
const MOST_PATHS = 256;

/** Ends the path of a value that may be anything below: a field of it may be too. */
const anything = '**';

/** What was made of two: origins share their parts, which would else be put together again along every way to them. */
const unions = new WeakMap<Origin, WeakMap<Origin, Origin>>();

/** Either of two. */
export function union(a: Origin, b: Origin): Origin {
  if (a === b || isNowhere(b)) return a;
  if (isNowhere(a)) return b;
  let known = unions.get(a);
  if (known === undefined) unions.set(a, (known = new WeakMap()));
  let found = known.get(b);
  if (found === undefined) known.set(b, (found = bothOf(a, b)));
  return found;
}

function bothOf(a: Origin, b: Origin): Origin {
  const parts = new Map(a.parts);
  for (const [name, part] of b.parts) parts.set(name, union(parts.get(name) ?? nowhere, part));
  const inner = a.element === null ? b.element : b.element === null ? a.element : union(a.element, b.element);
  return { paths: different([...a.paths, ...b.paths]), parts, element: inner };
}

function isNowhere({ paths, parts, element: inner }: Origin): boolean {
  return paths.length === 0 && parts.size === 0 && inner === null;
}

function different(paths: Origin['paths']): Origin['paths'] {
  const found = [...new Map(paths.map((path) => [path.join('\0'), path])).values()];
  if (found.length <= MOST_PATHS) return found;
  return [...new Set(found.map(([variable = '']) => variable))].map((variable) => [variable, anything]);
}

function below(path: readonly string[], name: string): readonly string[] {
  return path.at(-1) === anything ? path : [...path, name];
}

/** True of what is read as it stands, nothing of it made here. */
export function isRead({ parts, element: inner }: Origin): boolean {
  return parts.size === 0 && inner === null;
}

/** The paths under which all is that an origin may be the value of. */
export function pathsOf({ paths }: Origin): readonly (readonly string[])[] {
  return paths.map((path) => (path.at(-1) === anything ? path.slice(0, -1) : path));
}

/** A field, or the value of a key that is known. */
export function field(origin: Origin, name: string): Origin {
  const inside = { ...nowhere, paths: origin.paths.map((path) => below(path, name)) };
  return [origin.parts.get(name), origin.element].reduce<Origin>(
    (found, part) => (part === undefined || part === null ? found : union(found, part)),
    inside,
  );
}

/** An element, or the value of a key that is computed; in a loop over a map its keys too. */
export function element(origin: Origin): Origin {
  const inside = { ...nowhere, paths: origin.paths.map((path) => below(path, '*')) };
  const parts = [...origin.parts.values()].reduce(union, inside);
  return origin.element === null ? parts : union(parts, origin.element);
}
