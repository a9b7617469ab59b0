import { builtInTypes, type SimulatedCluster, type SimulatedType, simulatedType } from '@plimsoll/testcluster';
import type { JsonObject } from '../../plimsoll/src/model/json.ts';

const named = (resource: string): SimulatedType => {
  const found = builtInTypes.find((type) => type.resource === resource);
  if (found === undefined) throw new Error(`${resource} is not built in`);
  return found;
};

const widgets = simulatedType('shop.example.com', 'widgets', 'Widget');
const limits = simulatedType('shop.example.com', 'limits', 'Limit', false);

/** The types that schedules write, by short words. */
export const types = {
  namespace: named('namespaces'),
  pod: named('pods'),
  secret: named('secrets'),
  map: named('configmaps'),
  deployment: named('deployments'),
  replicaset: named('replicasets'),
  policy: named('validatingadmissionpolicies'),
  binding: named('validatingadmissionpolicybindings'),
  definition: named('customresourcedefinitions'),
  widget: widgets,
  limit: limits,
} as const;

/** One of the types that schedules write. */
export type Word = keyof typeof types;

/** An object of a schedule: few names, so that the same ones end and come again; few variants, so that they change. */
export interface Written {
  readonly word: Word;
  readonly namespace: 'shop' | 'farm';
  readonly name: 'a' | 'b' | 'c';
  readonly variant: 0 | 1 | 2 | 3;
}

/** Creates or replaces an object; nothing happens where its type or namespace is not there. */
export function write(cluster: SimulatedCluster, written: Written): void {
  const place = placeOf(written);
  cluster.apply(types[written.word], place, fieldsOf(cluster, written));
}

/** Deletes an object, where it is there. */
export function remove(cluster: SimulatedCluster, written: Written): void {
  cluster.remove(types[written.word], placeOf(written));
}

function placeOf({ word, namespace, name }: Written): { readonly name: string; readonly namespace?: string } {
  if (word === 'namespace') return { name: namespace };
  if (word === 'definition') return { name: `${definitionOf(name)}.shop.example.com` };
  return types[word].namespaced ? { namespace, name } : { name };
}

const definitionOf = (name: Written['name']): 'widgets' | 'limits' => (name === 'a' ? 'limits' : 'widgets');

function fieldsOf(cluster: SimulatedCluster, { word, namespace, name, variant }: Written): JsonObject {
  const labels: JsonObject = variant % 2 === 0 ? {} : { team: 'red' };
  switch (word) {
    case 'namespace':
      return {
        metadata: {
          labels: variant % 2 === 0 ? {} : { env: 'prod' },
          annotations: variant < 2 ? {} : { freeze: 'yes' },
        },
      };
    case 'pod':
    case 'widget':
      return { metadata: { labels }, spec: { size: variant } };
    case 'secret':
      return { metadata: { labels }, data: { password: `hidden-${variant}` } };
    case 'map':
      return { metadata: { labels }, data: { most: String(variant) } };
    case 'limit':
      return { metadata: { labels }, spec: { most: variant } };
    case 'deployment':
      return { metadata: { labels }, spec: { template: { spec: { size: variant } } } };
    case 'replicaset':
      return {
        metadata: { ownerReferences: ownersOf(cluster, namespace, name) },
        spec: { template: { spec: { size: variant } } },
      };
    case 'policy':
      return { spec: policyOf(name, variant) };
    case 'binding':
      return {
        spec: {
          policyName: name,
          validationActions: ['Audit'],
          paramRef: {
            name: variant < 2 ? 'a' : 'b',
            ...(name === 'a' && variant === 3 ? { namespace: 'farm' } : {}),
            parameterNotFoundAction: variant % 2 === 0 ? 'Deny' : 'Allow',
          },
        },
      };
    case 'definition': {
      const type = types[definitionOf(name) === 'limits' ? 'limit' : 'widget'];
      return {
        spec: {
          group: type.group,
          scope: type.namespaced ? 'Namespaced' : 'Cluster',
          names: { plural: type.resource, singular: type.kind.toLowerCase(), kind: type.kind },
          versions: [{ name: type.version, served: true, storage: true }],
        },
      };
    }
  }
}

/** A ReplicaSet is controlled by the Deployment of its name, where that is there. */
function ownersOf(cluster: SimulatedCluster, namespace: string, name: string): JsonObject[] {
  const uid: unknown = cluster.get(types.deployment, { namespace, name })?.['metadata'].uid;
  if (typeof uid !== 'string') return [];
  return [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }];
}

/** Policy a has ConfigMaps as params, b has Limits, c has none. */
function policyOf(name: Written['name'], variant: Written['variant']): JsonObject {
  const matchConstraints = {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  };
  const failurePolicy = 'Fail';
  if (name === 'a')
    return {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints,
      failurePolicy,
      validations: [{ expression: 'object.spec.size <= int(params.data.most)', message: `most ${variant}` }],
    };
  if (name === 'b')
    return {
      paramKind: { apiVersion: 'shop.example.com/v1', kind: 'Limit' },
      matchConstraints,
      failurePolicy,
      validations: [{ expression: 'object.spec.size <= params.spec.most', message: `most ${variant}` }],
    };
  return {
    matchConstraints,
    failurePolicy,
    validations: [{ expression: `object.spec.size != ${variant}`, message: `not ${variant}` }],
  };
}
