/**
 * What tells the elements of Kubernetes' lists apart, by the name of the list's field: `x-kubernetes-list-map-keys`, else
 * `x-kubernetes-patch-merge-key`, of its OpenAPI (kubernetes v1.36.3, api/openapi-spec/swagger.json). A test holds it to
 * that. Where types differ, each of their ways.
 */
export const listKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  addresses: [['type']],
  allocatedResourcesStatus: [['name']],
  claims: [['name']],
  conditions: [['type']],
  containers: [['name']],
  devices: [['driver', 'device', 'pool', 'shareID']],
  drivers: [['name']],
  env: [['name']],
  ephemeralContainers: [['name']],
  hostAliases: [['ip']],
  hostIPs: [['ip']],
  imagePullSecrets: [['name']],
  initContainers: [['name']],
  matchConditions: [['name']],
  ownerReferences: [['uid']],
  podGroupTemplates: [['name']],
  podIPs: [['ip']],
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
  reservedFor: [['uid']],
  resourceClaimStatuses: [['name']],
  resourceClaims: [['name']],
  resources: [['resourceID']],
  schedulingGates: [['name']],
  secrets: [['name']],
  storageVersions: [['apiServerID']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  variables: [['name']],
  volumeDevices: [['devicePath']],
  volumeMounts: [['mountPath']],
  volumes: [['name']],
  webhooks: [['name']],
  'x-kubernetes-validations': [['rule']],
};

/** Lists of other types: elements that all have a name of their own are told apart by it. */
const otherwise: readonly (readonly string[])[] = [['name']];

/** The ways to tell the elements of the list in this field apart, the likeliest first. */
export function keysOfList(field: string | null): readonly (readonly string[])[] {
  return field !== null && Object.hasOwn(listKeys, field) ? (listKeys[field] ?? otherwise) : otherwise;
}
