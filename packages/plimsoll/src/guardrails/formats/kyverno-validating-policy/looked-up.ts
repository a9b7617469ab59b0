import { FileKinds } from '../../../model/kinds.ts';
import { typeName } from '../../../model/served.ts';
import type { Policy } from '../../policy.ts';
import { expressionsOf } from '../../policy-expressions.ts';

/** `resource.get` or `resource.list` of a type that is written out, with the argument after it. */
const ofType = /\bresource\.(?:get|list)\(\s*(['"])([^'"]*)\1\s*,\s*(['"])([^'"]*)\3\s*(?:,\s*([\w.]+)\s*[,)])?/gi;
/** `resource.toGVR` of a kind that is written out. */
const ofKind = /\bresource\.toGVR\(\s*(['"])([^'"]*)\1\s*,\s*(['"])([^'"]*)\3\s*\)/gi;

/** What names the namespace of the judged resource. */
const ownNamespace = new Set(['object.metadata.namespace', 'request.namespace', 'namespaceObject.metadata.name']);

const kinds = new FileKinds();

/**
 * The types whose resources a policy's expressions look up by name, as far as these are written out: of those alone it is
 * known beforehand that they are read. A look-up too many is harmless; one that is not found here is unknown when it is
 * evaluated.
 */
export function lookedUp(policy: Policy): Policy['lookups'] {
  const isNamespaced = policy.reference.namespace !== null;
  const found = new Map<string, boolean>();
  const add = (type: string, sameNamespace: boolean) => {
    found.set(type, sameNamespace && (found.get(type) ?? true));
  };
  for (const source of expressionsOf(policy)) {
    for (const [, , apiVersion = '', , resource = '', namespace = ''] of source.matchAll(ofType))
      add(typeName(groupOf(apiVersion), resource), isNamespaced || ownNamespace.has(namespace));
    for (const [, , apiVersion = '', , kind = ''] of source.matchAll(ofKind))
      add(kinds.of(apiVersion, kind)?.type ?? kinds.guess(apiVersion, kind), isNamespaced);
  }
  return [...found].map(([type, sameNamespace]) => ({ name: type, type, sameNamespace }));
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
