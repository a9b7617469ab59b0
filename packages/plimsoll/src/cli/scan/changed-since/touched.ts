import { templateOwner } from '../../../guardrails/evaluate/pod-template.ts';
import { readPolicyDocument } from '../../../guardrails/formats/registry.ts';
import { type Rejudge, rejudgedBy } from '../../../guardrails/live/dependents.ts';
import type { Guardrail } from '../../../guardrails/policy-set.ts';
import type { World } from '../../../guardrails/world.ts';
import { keyText, type Resource } from '../../../model/resource.ts';
import type { FileObject } from '../../../sources/files/file-item.ts';
import { readText } from '../../../sources/files/read-targets.ts';
import type { ChangedFile } from './git-changes.ts';

/** A document that is not as it was; null where it was not there, or is gone. */
interface ChangedDocument {
  readonly before: Resource | null;
  readonly after: Resource | null;
}

/** What has to be judged because of a change. */
export interface Touched {
  /** Why everything is judged; null: it is not. */
  readonly everything: string | null;
  /** The guardrails to judge a resource by. */
  readonly guardrailsOf: (resource: Resource) => readonly Guardrail[];
}

/** The documents that differ between the two states of changed files, wherever in them they stand. */
export async function changedDocuments(
  files: readonly ChangedFile[],
  resourceOf: (object: FileObject) => Resource,
): Promise<readonly ChangedDocument[]> {
  const documents = new Map<string, { before: Resource | null; after: Resource | null; texts: [string, string] }>();
  for (const { path, ...states } of files)
    for (const [index, state] of (['before', 'after'] as const).entries())
      await readText(states[state] ?? '', path, (items) => {
        for (const item of items) {
          if (item.item !== 'object') continue;
          const resource = resourceOf(item);
          const key = keyText(resource);
          const found = documents.get(key) ?? { before: null, after: null, texts: ['', ''] };
          found[state] = resource;
          // Of a Secret the resource holds no value, and a change of one is a change.
          found.texts[index] = `${found.texts[index] ?? ''}${JSON.stringify([item.apiVersion, item.body])}`;
          documents.set(key, found);
        }
      });
  return [...documents.values()].filter(({ texts: [before, after] }) => before !== after);
}

/**
 * What changed documents make be judged: they themselves by all guardrails; by a guardrail that changed, or whose binding
 * did, everything; by one that reads a changed namespace, param or looked-up resource, what reads it. A change of a
 * waiver, of an exception or of what a CRD says of a kind is about everything.
 */
export function touchedBy(
  changed: readonly ChangedDocument[],
  guardrails: readonly Guardrail[],
  world: World,
): Touched {
  const everything = changed.flatMap((one) => aboutEverything(one) ?? [])[0] ?? null;
  if (everything !== null) return { everything, guardrailsOf: () => guardrails };
  const keys = new Set(
    changed.flatMap(({ before, after }) => [before, after].flatMap((one) => one ?? [])).map(keyText),
  );
  const names = new Set(changed.flatMap(policyNames));
  const rewritten = new Set(guardrails.filter(({ policy }) => names.has(policy.reference.name)).map(({ key }) => key));
  const rejudged = changed.flatMap((one) => rejudgedByDocument(one, guardrails, world));
  const chosen = new Map<string, readonly Guardrail[]>();
  return {
    everything: null,
    guardrailsOf: (resource) => {
      if (keys.has(keyText(resource))) return guardrails;
      const owner = templateOwner(resource);
      if (owner !== null && keys.has(keyText(owner))) return guardrails;
      const place = placeText(resource);
      const known = chosen.get(place);
      if (known !== undefined) return known;
      const wanted = new Set([
        ...rewritten,
        ...rejudged.filter((one) => isAbout(one, resource)).flatMap((one) => one.guardrails),
      ]);
      const found = guardrails.filter(({ key }) => wanted.has(key));
      chosen.set(place, found);
      return found;
    },
  };
}

/** All that decides which guardrails a resource that did not change is judged by. */
function placeText({ source, type, scope, name }: Resource): string {
  return JSON.stringify([source, type === 'core/namespaces' ? name : scope]);
}

function isAbout({ source, scope }: Rejudge, resource: Resource): boolean {
  const own = resource.type === 'core/namespaces' ? resource.name : resource.scope;
  return resource.source === source && (scope === null || scope === own);
}

function rejudgedByDocument(
  { before, after }: ChangedDocument,
  guardrails: readonly Guardrail[],
  world: World,
): readonly Rejudge[] {
  const key = after ?? before;
  if (key === null) return [];
  const operation = after === null ? 'deleted' : before === null ? 'created' : 'updated';
  const change = { seq: 0, at: 0, operation, key, uid: key.uid, resource: after } as const;
  return rejudgedBy(change, { before, looksSame: false }, guardrails, world);
}

/** The names of the policies that a document is, or binds. */
function policyNames({ before, after }: ChangedDocument): readonly string[] {
  return [before, after].flatMap(partsOf).flatMap((part) => {
    if (part.part === 'policy') return [part.policy.reference.name];
    return part.part === 'binding' ? [part.binding.policyName] : [];
  });
}

function aboutEverything({ before, after }: ChangedDocument): string | null {
  const one = after ?? before;
  if (one === null) return null;
  const { kind, name, type } = one;
  const isSo =
    (kind === 'Waiver' && one.apiVersion.startsWith('plimsoll.dev/')) ||
    type === 'apiextensions.k8s.io/customresourcedefinitions' ||
    [before, after].flatMap(partsOf).some(({ part }) => part === 'amendment');
  return isSo ? `${kind} ${name}` : null;
}

function partsOf(resource: Resource | null) {
  if (resource === null) return [];
  const { source, body, place } = resource;
  return readPolicyDocument({ source, origin: source === 'files' ? 'files' : 'cluster', body, place });
}
