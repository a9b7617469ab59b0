import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Go keeps the modules that testcluster is built from. */
const modules = join(homedir(), 'go/pkg/mod/k8s.io');
const openApi = join(modules, 'kubernetes@v1.36.3/api/openapi-spec/swagger.json');

/** Whether the sources of the table are there. */
export const hasSources = existsSync(openApi);

/** Of a property in an OpenAPI 2 document, what is read of it here. */
interface Property {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
}

interface Definition {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

type Definitions = Readonly<Record<string, Definition>>;

/** What fields Kubernetes' own kinds have, as kubernetes-fields.ts reads it. */
interface FieldTable {
  readonly kinds: Record<string, string>;
  readonly types: Record<string, Record<string, string>>;
}

/**
 * Makes the table of Kubernetes' OpenAPI, which says what a field is and how lists are merged, and of its Go types,
 * which say whether it can be told from one that is left out.
 */
export function kubernetesFields(): FieldTable {
  const { definitions } = JSON.parse(readFileSync(openApi, 'utf8')) as { readonly definitions: Definitions };
  const kinds: Record<string, string> = {};
  const names = new Set<string>();
  const reach = (name: string): void => {
    if (names.has(name)) return;
    names.add(name);
    for (const property of Object.values(definitions[name]?.properties ?? {})) reachInto(property);
  };
  const reachInto = ({ $ref, items, additionalProperties }: Property): void => {
    if ($ref !== undefined) reach(nameOf($ref));
    for (const inner of [items, additionalProperties]) if (inner !== undefined) reachInto(inner);
  };
  for (const [name, definition] of Object.entries(definitions)) {
    if (name.endsWith('List') || definition.properties?.['metadata'] === undefined) continue;
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? [])
      if (kind !== 'DeleteOptions') kinds[`${group === '' ? '' : `${group}/`}${version} ${kind}`] = short(name);
    if (definition['x-kubernetes-group-version-kind'] !== undefined) reach(name);
  }
  const types: Record<string, Record<string, string>> = {};
  for (const name of [...names].sort()) {
    const { properties } = definitions[name] ?? {};
    if (properties === undefined) continue;
    const pointers = pointersOf(name);
    types[short(name)] = Object.fromEntries(
      Object.entries(properties).map(([field, property]) => {
        const word = wordOf(property, definitions);
        return [field, pointers.get(field) === false && !/^[[{*]/.test(word) ? `${word}!` : word];
      }),
    );
  }
  return { kinds, types };
}

const short = (name: string): string => name.replace(/^io\.k8s\./, '');
const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const scalars: Readonly<Record<string, string>> = { string: 's', integer: 'i', number: 'n', boolean: 'b' };

function wordOf(property: Property, definitions: Definitions): string {
  if (property.$ref !== undefined) {
    const name = nameOf(property.$ref);
    const last = name.slice(name.lastIndexOf('.') + 1);
    if (last === 'Quantity') return 'q';
    if (last === 'IntOrString') return 'x';
    if (last === 'Time' || last === 'MicroTime') return 't';
    return definitions[name]?.properties === undefined ? '*' : `@${short(name)}`;
  }
  if (property.type === 'array') return `[${mergedBy(property)}]${wordOf(property.items ?? {}, definitions)}`;
  if (property.type === 'object' && property.additionalProperties !== undefined)
    return `{}${wordOf(property.additionalProperties, definitions)}`;
  return scalars[property.type ?? ''] ?? '*';
}

/** The keys of a list's elements, `=` for a set, nothing for a list that is one value. */
function mergedBy(property: Property): string {
  const merge = property['x-kubernetes-patch-merge-key'];
  const keys = property['x-kubernetes-list-map-keys'] ?? (merge === undefined ? [] : [merge]);
  if (keys.length > 0) return keys.join();
  const isSet =
    property['x-kubernetes-list-type'] === 'set' || property['x-kubernetes-patch-strategy']?.includes('merge') === true;
  return isSet ? '=' : '';
}

const moduleOf: readonly (readonly [prefix: string, folder: string])[] = [
  ['io.k8s.api.', 'api@v0.36.3/'],
  ['io.k8s.apimachinery.', 'apimachinery@v0.36.3/'],
  ['io.k8s.apiextensions-apiserver.', 'apiextensions-apiserver@v0.36.3/'],
  ['io.k8s.kube-aggregator.', 'kube-aggregator@v0.36.3/'],
];
const structs = new Map<string, ReadonlyMap<string, string>>();

/** Of the fields of a Go type, by their names in JSON, whether they are pointers. */
function pointersOf(name: string): ReadonlyMap<string, boolean> {
  const [prefix, folder] = moduleOf.find(([one]) => name.startsWith(one)) ?? [];
  if (prefix === undefined || folder === undefined) return new Map();
  const words = name.slice(prefix.length).split('.');
  const type = words.pop() ?? '';
  return pointersIn(join(modules, folder, ...words), type);
}

function pointersIn(folder: string, type: string): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  for (const line of (structsIn(folder).get(type) ?? '').split('\n')) {
    const embedded = /^\t(\w+)\s+`json:",inline/.exec(line)?.[1];
    if (embedded !== undefined)
      for (const [field, isPointer] of pointersIn(folder, embedded)) found.set(field, isPointer);
    const [, pointer, field] = /^\t(?:\w+\s+)?(\*?)[\w.[\]*]+\s+`json:"(\w+)[",]/.exec(line) ?? [];
    if (field !== undefined) found.set(field, pointer === '*');
  }
  return found;
}

function structsIn(folder: string): ReadonlyMap<string, string> {
  let found = structs.get(folder);
  if (found !== undefined) return found;
  const text = globSync(join(folder, '*.go')).map((file) => readFileSync(file, 'utf8'));
  const bodies = text.flatMap((source) => [...source.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)]);
  found = new Map(bodies.map(([, name = '', body = '']) => [name, body]));
  structs.set(folder, found);
  return found;
}
