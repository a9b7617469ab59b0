import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { kubernetesKinds } from '../../model/kubernetes-kinds.ts';
import { apiVersionOf } from '../../model/served.ts';

/** What a field holds, as far as it decides how two values of it are compared. */
export type FieldType =
  /** Nothing is known of it. */
  | { readonly is: 'any' }
  /** `zeroIsAbsent`: left out it is the same as empty, zero or false (no pointer in Kubernetes' Go types). */
  | { readonly is: Scalar; readonly zeroIsAbsent: boolean }
  | { readonly is: 'struct'; readonly type: string; readonly zeroIsAbsent: boolean }
  | { readonly is: 'map'; readonly of: FieldType }
  /** What tells the elements apart; `set`: the elements themselves; null: the list is one value. */
  | { readonly is: 'list'; readonly of: FieldType; readonly keys: readonly string[] | 'set' | null };

type Scalar = 'text' | 'integer' | 'number' | 'boolean' | 'quantity' | 'int-or-string' | 'time';

/** Nothing is known of the field. */
export const anything: FieldType = { is: 'any' };

const scalars: Readonly<Record<string, Scalar>> = {
  s: 'text',
  i: 'integer',
  n: 'number',
  b: 'boolean',
  q: 'quantity',
  x: 'int-or-string',
  t: 'time',
};

const words = z.record(z.string(), z.string());
const tableSchema = z.object({ kinds: words, types: z.record(z.string(), words) });

let table: z.infer<typeof tableSchema> | null = null;
const read = new Map<string, ReadonlyMap<string, FieldType>>();
const mostKinds = 2_000;

/**
 * Kubernetes' own fields (v1.36.3, its OpenAPI and Go types; `npm run generate:fields` writes the file,
 * checks/kubernetes-fields.test.ts holds it to them). Read when the first desired state asks.
 */
function fieldTable(): z.infer<typeof tableSchema> {
  const file = new URL('kubernetes-fields.json', import.meta.url);
  return (table ??= tableSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}

const typesOfKinds = new Map<string, string | null>();

/** The type of a kind of Kubernetes' own, in this version or another one of its group; null for others. */
export function typeOfKind(apiVersion: string, kind: string): string | null {
  const key = `${apiVersion} ${kind}`;
  const known = typesOfKinds.get(key);
  if (known !== undefined) return known;
  const found = findType(apiVersion, kind);
  if (typesOfKinds.size < mostKinds) typesOfKinds.set(key, found);
  return found;
}

function findType(apiVersion: string, kind: string): string | null {
  const { kinds } = fieldTable();
  const exact = kinds[`${apiVersion} ${kind}`];
  if (exact !== undefined) return exact;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/') + 1) : '';
  const found = Object.keys(kinds).find((key) => key.endsWith(` ${kind}`) && key.startsWith(group) && isOf(key, group));
  return found === undefined ? null : (kinds[found] ?? null);
}

function isOf(key: string, group: string): boolean {
  return key.indexOf('/') === group.length - 1;
}

/** The types of what a rule names (`''` is core); `*` for any version. */
export function typesOfResource(group: string, versions: readonly string[], resource: string): readonly string[] {
  const row = kubernetesKinds.find(([of, , plural]) => of === group && plural === resource);
  if (row === undefined) return [];
  const [, kind] = row;
  const named = versions.filter((version) => version !== '*').map((version) => apiVersionOf(group, version));
  const asked = named.length === 0 ? [apiVersionOf(group, 'v1')] : named;
  return [...new Set(asked.map((apiVersion) => typeOfKind(apiVersion, kind)).filter((type) => type !== null))];
}

/** The fields of a type; null where nothing is known of it. */
export function fieldsOf(type: string): ReadonlyMap<string, FieldType> | null {
  const found = read.get(type);
  if (found !== undefined) return found;
  const own = fieldTable().types[type];
  if (own === undefined) return null;
  const fields = new Map(Object.entries(own).map(([name, word]) => [name, fieldType(word)]));
  read.set(type, fields);
  return fields;
}

/** `s!`, `[name]@api.core.v1.Container`, `{}q`: as checks/kubernetes-types.ts writes it. */
function fieldType(word: string): FieldType {
  if (word === '*') return anything;
  if (word.startsWith('{}')) return { is: 'map', of: fieldType(word.slice(2)) };
  if (word.startsWith('[')) {
    const end = word.indexOf(']');
    const by = word.slice(1, end);
    return {
      is: 'list',
      of: fieldType(word.slice(end + 1)),
      keys: by === '' ? null : by === '=' ? 'set' : by.split(','),
    };
  }
  const zeroIsAbsent = word.endsWith('!');
  const name = zeroIsAbsent ? word.slice(0, -1) : word;
  if (name.startsWith('@')) return { is: 'struct', type: name.slice(1), zeroIsAbsent };
  const scalar = scalars[name];
  return scalar === undefined ? anything : { is: scalar, zeroIsAbsent };
}
