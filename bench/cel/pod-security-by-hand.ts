/** What the checks read of a Pod (k8s.io/api core/v1). */
export interface Pod {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly ephemeralContainers?: readonly Container[];
    readonly hostNetwork?: boolean;
    readonly hostPID?: boolean;
    readonly hostIPC?: boolean;
    readonly hostUsers?: boolean;
    readonly os?: { readonly name: string };
    readonly securityContext?: SecurityContext & {
      readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
    };
    readonly volumes?: readonly Volume[];
  };
}

interface SecurityContext {
  readonly appArmorProfile?: Profile;
  readonly seccompProfile?: Profile;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

interface Profile {
  readonly type?: string;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
  readonly securityContext?: SecurityContext & {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly procMount?: string;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
}

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

type Volume = Readonly<Record<string, object | string>>;

const addable: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const seLinuxTypes: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const safeSysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

function everyContainer({ spec }: Pod, test: (container: Container) => boolean): boolean {
  return (
    spec.containers.every(test) &&
    (spec.initContainers === undefined || spec.initContainers.every(test)) &&
    (spec.ephemeralContainers === undefined || spec.ephemeralContainers.every(test))
  );
}

function isConfined(profile: Profile | undefined): boolean {
  return profile?.type === 'RuntimeDefault' || profile?.type === 'Localhost';
}

function hasHost(handler: Handler | undefined): boolean {
  return (handler?.httpGet?.host ?? '') !== '' || (handler?.tcpSocket?.host ?? '') !== '';
}

function isContained({ seLinuxOptions }: SecurityContext = {}): boolean {
  return (
    seLinuxTypes.has(seLinuxOptions?.type ?? '') &&
    (seLinuxOptions?.user ?? '') === '' &&
    (seLinuxOptions?.role ?? '') === ''
  );
}

const hasDefaultProcMount = ({ securityContext }: Container): boolean =>
  (securityContext?.procMount ?? 'Default') === 'Default';

function keepsAppArmor(key: string, value: string | undefined): boolean {
  if (!key.startsWith('container.apparmor.security.beta.kubernetes.io/')) return true;
  return value === '' || value === 'runtime/default' || value?.startsWith('localhost/') === true;
}

/** The Pod Security checks as one writes them in JavaScript, each without a thought for the others. */
export const podSecurityByHand: ReadonlyMap<string, (pod: Pod) => boolean> = new Map<string, (pod: Pod) => boolean>([
  [
    'apparmor',
    (pod) => {
      const profile = pod.spec.securityContext?.appArmorProfile;
      if (profile !== undefined && !isConfined(profile)) return false;
      if (
        !everyContainer(
          pod,
          ({ securityContext }) =>
            securityContext?.appArmorProfile === undefined || isConfined(securityContext.appArmorProfile),
        )
      )
        return false;
      const { annotations } = pod.metadata;
      return annotations === undefined || Object.keys(annotations).every((key) => keepsAppArmor(key, annotations[key]));
    },
  ],
  [
    'capabilities-baseline',
    (pod) =>
      everyContainer(
        pod,
        ({ securityContext }) => securityContext?.capabilities?.add?.every((name) => addable.has(name)) ?? true,
      ),
  ],
  [
    'capabilities-restricted',
    (pod) =>
      pod.spec.os?.name === 'windows' ||
      everyContainer(
        pod,
        ({ securityContext }) =>
          securityContext?.capabilities?.drop?.includes('ALL') === true &&
          (securityContext.capabilities.add?.every((name) => name === 'NET_BIND_SERVICE') ?? true),
      ),
  ],
  ['host-namespaces', ({ spec }) => spec.hostNetwork !== true && spec.hostPID !== true && spec.hostIPC !== true],
  ['host-path-volumes', ({ spec }) => spec.volumes?.every(({ hostPath }) => hostPath === undefined) ?? true],
  [
    'host-ports',
    (pod) => everyContainer(pod, ({ ports }) => ports?.every(({ hostPort }) => (hostPort ?? 0) === 0) ?? true),
  ],
  [
    'host-probes',
    (pod) =>
      everyContainer(
        pod,
        ({ livenessProbe, readinessProbe, startupProbe, lifecycle }) =>
          !hasHost(livenessProbe) &&
          !hasHost(readinessProbe) &&
          !hasHost(startupProbe) &&
          !hasHost(lifecycle?.postStart) &&
          !hasHost(lifecycle?.preStop),
      ),
  ],
  [
    'privilege-escalation',
    (pod) =>
      pod.spec.os?.name === 'windows' ||
      everyContainer(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation === false),
  ],
  ['privileged', (pod) => everyContainer(pod, ({ securityContext }) => securityContext?.privileged !== true)],
  ['proc-mount', (pod) => pod.spec.hostUsers === false || everyContainer(pod, hasDefaultProcMount)],
  ['proc-mount-restricted', (pod) => everyContainer(pod, hasDefaultProcMount)],
  [
    'run-as-non-root',
    (pod) => {
      if (pod.spec.hostUsers === false) return true;
      const ofPod = pod.spec.securityContext?.runAsNonRoot;
      if (ofPod === false) return false;
      return everyContainer(pod, ({ securityContext }) => securityContext?.runAsNonRoot ?? ofPod ?? false);
    },
  ],
  [
    'run-as-user',
    (pod) =>
      pod.spec.hostUsers === false ||
      (pod.spec.securityContext?.runAsUser !== 0 &&
        everyContainer(pod, ({ securityContext }) => securityContext?.runAsUser !== 0)),
  ],
  [
    'seccomp-baseline',
    (pod) => {
      const profile = pod.spec.securityContext?.seccompProfile;
      if (profile !== undefined && !isConfined(profile)) return false;
      return everyContainer(
        pod,
        ({ securityContext }) =>
          securityContext?.seccompProfile === undefined || isConfined(securityContext.seccompProfile),
      );
    },
  ],
  [
    'seccomp-restricted',
    (pod) => {
      if (pod.spec.os?.name === 'windows') return true;
      const profile = pod.spec.securityContext?.seccompProfile;
      if (profile !== undefined && !isConfined(profile)) return false;
      return everyContainer(pod, ({ securityContext }) => isConfined(securityContext?.seccompProfile ?? profile));
    },
  ],
  [
    'selinux',
    (pod) =>
      isContained(pod.spec.securityContext) &&
      everyContainer(pod, ({ securityContext }) => isContained(securityContext)),
  ],
  ['sysctls', ({ spec }) => spec.securityContext?.sysctls?.every(({ name }) => safeSysctls.has(name)) ?? true],
  [
    'volume-types',
    ({ spec }) =>
      spec.volumes?.every(
        (volume) =>
          volume['configMap'] !== undefined ||
          volume['csi'] !== undefined ||
          volume['downwardAPI'] !== undefined ||
          volume['emptyDir'] !== undefined ||
          volume['ephemeral'] !== undefined ||
          volume['image'] !== undefined ||
          volume['persistentVolumeClaim'] !== undefined ||
          volume['projected'] !== undefined ||
          volume['secret'] !== undefined,
      ) ?? true,
  ],
  [
    'windows-host-process',
    (pod) =>
      pod.spec.securityContext?.windowsOptions?.hostProcess !== true &&
      everyContainer(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess !== true),
  ],
]);
