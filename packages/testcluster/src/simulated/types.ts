import type { ApiObject } from '../test-client.ts';

/** A type as a simulated server serves it, in one version. */
export interface SimulatedType {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A type in version v1. */
export const simulatedType = (group: string, resource: string, kind: string, namespaced = true): SimulatedType => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced,
});

export const definitions = simulatedType(
  'apiextensions.k8s.io',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false,
);
export const namespaces = simulatedType('', 'namespaces', 'Namespace', false);

/** What every simulated server serves. */
export const builtInTypes: readonly SimulatedType[] = [
  simulatedType('', 'configmaps', 'ConfigMap'),
  namespaces,
  simulatedType('', 'pods', 'Pod'),
  simulatedType('', 'secrets', 'Secret'),
  simulatedType('admissionregistration.k8s.io', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', false),
  simulatedType(
    'admissionregistration.k8s.io',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    false,
  ),
  definitions,
  simulatedType('apps', 'deployments', 'Deployment'),
  simulatedType('apps', 'replicasets', 'ReplicaSet'),
];

/** The type that a CustomResourceDefinition with one version defines. */
export function definedBy({ spec }: ApiObject): SimulatedType {
  return {
    group: String(spec.group),
    version: String(spec.versions[0].name),
    resource: String(spec.names.plural),
    kind: String(spec.names.kind),
    namespaced: spec.scope === 'Namespaced',
  };
}

/** `GROUP/VERSION`; the version alone in the core group. */
export function apiVersionOf({ group, version }: SimulatedType): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `RESOURCE.GROUP`, as kubectl names types. */
export function typeId({ group, resource }: Pick<SimulatedType, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}
