import { lazy } from '../lazy.ts';
import type { HttpClient } from '../functions/kyverno/http-client.ts';
import type { Authorizer, Decision } from '../values/authorizer.ts';
import type { CelMap } from '../values/cel-map.ts';
import type { Cidr } from '../values/cidr.ts';
import type { Duration } from '../values/duration.ts';
import type { ErrorValue, Unknown } from '../values/fault.ts';
import type { ImageReference } from '../values/image.ts';
import type { Ip } from '../values/ip.ts';
import type { LazyMap } from '../values/lazy-map.ts';
import type { NamedFormat } from '../values/named-format.ts';
import type { Double, Uint } from '../values/numbers.ts';
import type { Optional } from '../values/optional.ts';
import type { Quantity } from '../values/quantity.ts';
import type { Semver } from '../values/semver.ts';
import type { StructValue } from '../values/struct-value.ts';
import type { Timestamp } from '../values/timestamp.ts';
import type { TypeValue } from '../values/type-value.ts';
import type { Url } from '../values/url.ts';
import { type PlainMap, type Value, isPlainMap, ownField } from '../values/value.ts';

/**
 * Reads one field of a plain object; undefined where it has none, and of anything else. The reader of a name that no
 * other value has needs not look what it reads from.
 */
export type Read = (from: PlainMap) => Value | undefined;

/** A field as an expression names it. */
export interface Field {
  readonly name: string;
  readonly read: Read;
}

/** The values that are objects of JavaScript and no maps. */
type Instance =
  | readonly Value[]
  | Uint8Array
  | Authorizer
  | CelMap
  | Cidr
  | Decision
  | Double
  | Duration
  | ErrorValue
  | HttpClient
  | ImageReference
  | Ip
  | LazyMap
  | NamedFormat
  | Optional
  | Quantity
  | Semver
  | StructValue
  | Timestamp
  | TypeValue
  | Uint
  | Unknown
  | Url;

type NameOf<T> = T extends T ? Exclude<keyof T & string, 'toString' | 'toLocaleString' | 'valueOf'> : never;
/** Refuses a name that an instance has as well. */
type OfPlainObjects<T> = { readonly [name in keyof T]: name extends NameOf<Instance> ? never : Read };

/**
 * Fields that policies read most. Closures of one text share what V8 learns of the objects they read, so that a read
 * of any field by one function looks everything up anew; a function for each field reads it in half the time.
 */
const direct = {
  add: (from) => from['add'],
  allowPrivilegeEscalation: (from) => from['allowPrivilegeEscalation'],
  annotations: (from) => from['annotations'],
  apiGroups: (from) => from['apiGroups'],
  apiVersion: (from) => from['apiVersion'],
  appArmorProfile: (from) => from['appArmorProfile'],
  args: (from) => from['args'],
  automountServiceAccountToken: (from) => from['automountServiceAccountToken'],
  capabilities: (from) => from['capabilities'],
  command: (from) => from['command'],
  configMap: (from) => from['configMap'],
  containers: (from) => from['containers'],
  cpu: (from) => from['cpu'],
  csi: (from) => from['csi'],
  data: (from) => from['data'],
  downwardAPI: (from) => from['downwardAPI'],
  drop: (from) => from['drop'],
  emptyDir: (from) => from['emptyDir'],
  env: (from) => from['env'],
  ephemeral: (from) => from['ephemeral'],
  ephemeralContainers: (from) => from['ephemeralContainers'],
  exec: (from) => from['exec'],
  externalIPs: (from) => from['externalIPs'],
  finalizers: (from) => from['finalizers'],
  fsGroup: (from) => from['fsGroup'],
  hostIPC: (from) => from['hostIPC'],
  hostNetwork: (from) => from['hostNetwork'],
  hostPID: (from) => from['hostPID'],
  hostPath: (from) => from['hostPath'],
  hostPort: (from) => from['hostPort'],
  hostProcess: (from) => from['hostProcess'],
  hostUsers: (from) => from['hostUsers'],
  hosts: (from) => from['hosts'],
  httpGet: (from) => from['httpGet'],
  image: (from) => from['image'],
  imagePullPolicy: (from) => from['imagePullPolicy'],
  imagePullSecrets: (from) => from['imagePullSecrets'],
  ingress: (from) => from['ingress'],
  initContainers: (from) => from['initContainers'],
  jobTemplate: (from) => from['jobTemplate'],
  labels: (from) => from['labels'],
  lifecycle: (from) => from['lifecycle'],
  limits: (from) => from['limits'],
  livenessProbe: (from) => from['livenessProbe'],
  localhostProfile: (from) => from['localhostProfile'],
  matchLabels: (from) => from['matchLabels'],
  memory: (from) => from['memory'],
  metadata: (from) => from['metadata'],
  namespace: (from) => from['namespace'],
  namespaceSelector: (from) => from['namespaceSelector'],
  nodeName: (from) => from['nodeName'],
  nodePort: (from) => from['nodePort'],
  nodeSelector: (from) => from['nodeSelector'],
  operation: (from) => from['operation'],
  os: (from) => from['os'],
  ownerReferences: (from) => from['ownerReferences'],
  persistentVolumeClaim: (from) => from['persistentVolumeClaim'],
  ports: (from) => from['ports'],
  postStart: (from) => from['postStart'],
  preStop: (from) => from['preStop'],
  priorityClassName: (from) => from['priorityClassName'],
  privileged: (from) => from['privileged'],
  procMount: (from) => from['procMount'],
  projected: (from) => from['projected'],
  protocol: (from) => from['protocol'],
  readOnlyRootFilesystem: (from) => from['readOnlyRootFilesystem'],
  readinessProbe: (from) => from['readinessProbe'],
  replicas: (from) => from['replicas'],
  requests: (from) => from['requests'],
  resourceNames: (from) => from['resourceNames'],
  resources: (from) => from['resources'],
  restartPolicy: (from) => from['restartPolicy'],
  role: (from) => from['role'],
  roleRef: (from) => from['roleRef'],
  rules: (from) => from['rules'],
  runAsGroup: (from) => from['runAsGroup'],
  runAsNonRoot: (from) => from['runAsNonRoot'],
  runAsUser: (from) => from['runAsUser'],
  runtimeClassName: (from) => from['runtimeClassName'],
  seLinuxOptions: (from) => from['seLinuxOptions'],
  seccompProfile: (from) => from['seccompProfile'],
  secret: (from) => from['secret'],
  securityContext: (from) => from['securityContext'],
  selector: (from) => from['selector'],
  service: (from) => from['service'],
  serviceAccountName: (from) => from['serviceAccountName'],
  shareProcessNamespace: (from) => from['shareProcessNamespace'],
  spec: (from) => from['spec'],
  startupProbe: (from) => from['startupProbe'],
  status: (from) => from['status'],
  subjects: (from) => from['subjects'],
  supplementalGroups: (from) => from['supplementalGroups'],
  sysctls: (from) => from['sysctls'],
  tcpSocket: (from) => from['tcpSocket'],
  template: (from) => from['template'],
  tolerations: (from) => from['tolerations'],
  userInfo: (from) => from['userInfo'],
  username: (from) => from['username'],
  verbs: (from) => from['verbs'],
  volumes: (from) => from['volumes'],
  windowsOptions: (from) => from['windowsOptions'],
} satisfies Readonly<Record<string, Read>>;

/** The same for names that other values have as well. */
const shared: Readonly<Record<string, Read>> = {
  host: (from) => ofPlain(from, from['host']),
  key: (from) => ofPlain(from, from['key']),
  kind: (from) => ofPlain(from, from['kind']),
  name: (from) => ofPlain(from, from['name']),
  path: (from) => ofPlain(from, from['path']),
  port: (from) => ofPlain(from, from['port']),
  type: (from) => ofPlain(from, from['type']),
  user: (from) => ofPlain(from, from['user']),
  value: (from) => ofPlain(from, from['value']),
};

/** Asked where V8 has just learnt what kind of object it is, this takes no time. */
function ofPlain(from: PlainMap, found: Value | undefined): Value | undefined {
  return found !== undefined && isPlainMap(from) ? found : undefined;
}

const known = lazy(
  (): ReadonlyMap<string, Field> =>
    new Map([...fieldsOf(direct satisfies OfPlainObjects<typeof direct>), ...fieldsOf(shared)]),
);

function fieldsOf(reads: Readonly<Record<string, Read>>): [string, Field][] {
  return Object.entries(reads).map(([name, read]) => [name, { name, read }]);
}

/** Fields that most paths of policies about pods begin with: read in place, they take no call of a reader. */
const SECURITY_CONTEXT = 1;
const SPEC = 2;

/** The number by which a path's first field is read. */
export function leadOf(name: string | undefined): number {
  if (name === undefined || isInherited(name)) return 0;
  return name === 'securityContext' ? SECURITY_CONTEXT : name === 'spec' ? SPEC : 0;
}

/** Reads a path's first field: by its number, or else by its reader. */
export function readFirst(from: PlainMap, lead: number, read: Read): Value | undefined {
  if (lead === SECURITY_CONTEXT) return from['securityContext'];
  return lead === SPEC ? from['spec'] : read(from);
}

/** Names that every plain object inherits: these are looked for among its own. */
export function isInherited(name: string): boolean {
  return name in {};
}

/** True for a name that no value has but a plain object: what is found under it needs no second look. */
export function isDirect(name: string): boolean {
  return Object.hasOwn(direct, name) && !isInherited(name);
}

/** How a field of that name is read. */
export function fieldNamed(name: string): Field {
  // Whoever has set a name on Object.prototype has it looked for among an object's own as well.
  const found = isInherited(name) ? undefined : known().get(name);
  if (found !== undefined) return found;
  if (isInherited(name)) return { name, read: (from) => (isPlainMap(from) ? ownField(from, name) : undefined) };
  return { name, read: (from) => ofPlain(from, from[name]) };
}
