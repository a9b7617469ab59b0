import { nearestName } from '@plimsoll/cel';
import type { Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import { kubernetesKinds } from '../model/kubernetes-kinds.ts';
import { removedKinds } from '../model/removed-kinds.ts';
import { servedSchema, typeName } from '../model/served.ts';
import { shortNames } from '../model/short-names.ts';
import type { TypeName } from './schemas.ts';

/** A type and the words that stand for it besides its own. */
interface KnownType {
  readonly type: string;
  readonly words: readonly string[];
  /** Whether the inventory holds resources of it. */
  readonly stored: boolean;
}

/**
 * The type that a word stands for, as kubectl takes it: plural, singular, kind or short name, in small letters or not,
 * with or without group (`apps/deployments`, `deployments.apps`, `deployment`, `deploy`). What the sources hold and
 * serve is looked at first, then Kubernetes' own kinds. Of several types of one word it is the one that resources are
 * held of, then the core group's.
 *
 * @throws PlimsollError PLM1005 where there is none, with the nearest
 */
export async function typeNamed(store: Store, word: string): Promise<TypeName> {
  return typeAmong(await seenTypes(store), word);
}

/** The same among Kubernetes' own types, where there is no inventory. @throws PlimsollError PLM1005 */
export function kubernetesTypeNamed(word: string): TypeName {
  return typeAmong([], word);
}

function typeAmong(known: readonly KnownType[], word: string): TypeName {
  const wanted = word.toLowerCase();
  const named = (types: readonly KnownType[]) =>
    types.filter(({ words }) => words.includes(wanted)).sort((a, b) => rank(a) - rank(b) || (a.type < b.type ? -1 : 1));
  const [first, ...others] = [known, ...ownTypes].map(named).find((types) => types.length > 0) ?? [];
  if (first !== undefined) return { type: first.type, others: others.map(({ type }) => type) };
  const all = [...known, ...ownTypes.flat()];
  const near = nearestName(
    wanted,
    all.flatMap(({ words }) => words),
  );
  const meant = all.find(({ words }) => near !== null && words.includes(near))?.type;
  throw new PlimsollError(
    'PLM1005',
    `There is no type ${word}${meant === undefined ? '' : `; did you mean ${meant}`}.`,
  );
}

function rank({ stored, type }: KnownType): number {
  return (stored ? 0 : 2) + (type.startsWith('core/') ? 0 : 1);
}

/** Kubernetes' own types, then those that it has removed. */
const ownTypes: readonly (readonly KnownType[])[] = [kubernetesKinds, removedKinds].map((rows) =>
  rows.map(([group, kind, resource]) => {
    const type = typeName(group, resource);
    return { type, words: wordsOf(type, [kind, shortNames.get(type)]), stored: false };
  }),
);

/** What sources hold resources of, and what they serve that can be listed. */
async function seenTypes(store: Store): Promise<readonly KnownType[]> {
  const words = new Map<string, Set<string>>();
  const held = new Set<string>();
  const add = (type: string, names: readonly string[]) =>
    words.set(type, (words.get(type) ?? new Set<string>()).union(new Set(names)));
  for (const source of await store.sources()) {
    const { types, facts } = await store.sourceState(source);
    const served = servedSchema.safeParse(facts.get('served')).data?.types ?? [];
    for (const { type, kind, singular, shortNames: short, heldAs, heldVersion } of served)
      if (heldVersion !== null) add(heldAs ?? type, wordsOf(type, [kind, singular, ...short]));
    for (const type of types) {
      held.add(type);
      const own = ownTypes.flat().find((entry) => entry.type === type);
      add(type, own?.words ?? wordsOf(type, [(await store.resources({ source, type }, 1)).items[0]?.kind]));
    }
  }
  return [...words].map(([type, names]) => ({ type, words: [...names], stored: held.has(type) }));
}

/** In small letters: the type itself, its resource, that with its group behind it, and these names. */
function wordsOf(type: string, names: readonly (string | undefined)[]): readonly string[] {
  const slash = type.lastIndexOf('/');
  const [group, resource] = [type.slice(0, Math.max(0, slash)), type.slice(slash + 1)];
  const given = names.filter((name) => name !== undefined && name !== '');
  return [type, resource, ...[resource, ...given].map((name) => `${name}.${group}`), ...given].flatMap(
    (name) => name?.toLowerCase() ?? [],
  );
}
