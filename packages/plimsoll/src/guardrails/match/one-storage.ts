import type { ServedType } from '../../model/served.ts';

const indexes = new WeakMap<readonly ServedType[], ReadonlyMap<string, readonly ServedType[]>>();

/**
 * The served types that give the objects of a type: itself, then those of other groups that are held as it. Each list
 * is indexed once: for each of 2,000 types and 20 guardrails this is asked whenever a cluster serves something else.
 */
export function ofOneStorage(served: readonly ServedType[], type: string): readonly ServedType[] {
  let index = indexes.get(served);
  if (index === undefined) indexes.set(served, (index = indexOf(served)));
  return index.get(type) ?? [];
}

function indexOf(served: readonly ServedType[]): ReadonlyMap<string, readonly ServedType[]> {
  const index = new Map<string, ServedType[]>(served.map((one) => [one.type, []]));
  for (const one of served) index.get(one.type)?.push(one);
  for (const one of served) if (one.heldAs !== null) index.get(one.heldAs)?.push(one);
  return index;
}
