const rootsOf = /* @__PURE__ */ new WeakMap<object, ReadonlySet<string>>();

/**
 * True where a dotted name of that table begins with `root`: a selection from any other name is none, and needs not be
 * put together to be looked up.
 */
export function beginsDotted(table: { keys(): Iterable<string> }, root: string): boolean {
  let roots = rootsOf.get(table);
  if (roots === undefined) {
    roots = new Set([...table.keys()].filter((name) => name.includes('.')).map((name) => name.split('.', 1)[0] ?? ''));
    rootsOf.set(table, roots);
  }
  return roots.has(root);
}
