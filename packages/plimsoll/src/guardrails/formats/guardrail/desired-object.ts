import { type Json, type JsonObject, isJsonObject, member } from '../../../model/json.ts';
import { kubernetesKinds } from '../../../model/kubernetes-kinds.ts';
import type { Narrowing } from '../../match/narrowing.ts';
import type { MatchReason } from '../../match/step.ts';
import type { Rule } from '../../policy.ts';

/** Which objects a desired state is of, as it says it itself: what it matches, and by what besides. */
interface DesiredObject {
  readonly rule: Rule;
  readonly narrowing: readonly Narrowing[];
  /** Without the name and namespace that it is matched by. */
  readonly body: JsonObject;
}

/** Of a desired state with apiVersion and kind: objects of that kind, of its name and in its namespace where it has them. */
export function desiredObject(desired: JsonObject): DesiredObject | null {
  const [apiVersion, kind] = [text(desired['apiVersion']), text(desired['kind'])];
  if (apiVersion === null || kind === null) return null;
  const { metadata } = desired;
  const [name, namespace] = [text(member(metadata, 'name')), text(member(metadata, 'namespace'))];
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const [, , resource] = kubernetesKinds.find(([of, known]) => of === group && known === kind) ?? [];
  const rule: Rule = {
    apiGroups: [group],
    apiVersions: [apiVersion.slice(apiVersion.indexOf('/') + 1)],
    resources: [resource ?? '*'],
    operations: ['CREATE'],
    scope: '*',
    resourceNames: name === null ? [] : [name],
  };
  const rest = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([key]) => !naming.has(key));
  return {
    rule,
    narrowing: [
      ...(resource === undefined ? [ofKind(group, kind)] : []),
      ...(namespace === null ? [] : [inNamespace(namespace)]),
    ],
    body: metadata === undefined ? desired : { ...desired, metadata: Object.fromEntries(rest) },
  };
}

const naming = new Set(['name', 'namespace']);

/** A kind of which it is not known what its resources are called. */
function ofKind(group: string, kind: string): Narrowing {
  return {
    ...nothingRead,
    says: { kind },
    kinds: [{ group, kind }],
    mayConcern: (about) => about.group === group,
    steps: (subject) => (subject.kind === kind ? [] : none(`desired is of kind ${kind}`)),
  };
}

function inNamespace(namespace: string): Narrowing {
  const elsewhere = none(`desired is of an object in namespace ${namespace}`);
  return {
    ...nothingRead,
    says: { namespace },
    mayConcern: () => true,
    steps: () => [({ scope }) => (scope === namespace ? null : elsewhere)],
  };
}

/** Only resources of these sources. */
export function ofSources(sources: readonly string[]): Narrowing {
  const elsewhere = none(`it is about the sources ${sources.join(', ')} alone`);
  return {
    ...nothingRead,
    admission: 'an API server does not know what its cluster is called here (`sources`)',
    says: { sources },
    mayConcern: () => true,
    steps: () => [({ source }) => (sources.includes(source) ? null : elsewhere)],
  };
}

const nothingRead = {
  kinds: [],
  reads: [],
  readsNamespaces: false,
  admission: 'a desired state is compared by Plimsoll alone',
};

function none(reason: string): MatchReason {
  return { outcome: 'none', reason };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
