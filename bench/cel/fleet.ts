import type { JsonObject } from '../../packages/plimsoll/src/model/json.ts';
import { realisticPod } from '../pods.ts';

type Object = Record<string, unknown>;

/** The one thing that a careless pod does, so that every check fails on some of them. */
const sins: readonly ((pod: { metadata: Object; spec: Object }, container: Object, context: Object) => void)[] = [
  ({ spec }) => (spec['hostNetwork'] = true),
  ({ spec }) => (spec['volumes'] = [{ name: 'node', hostPath: { path: '/' } }]),
  (_, __, context) => (context['privileged'] = true),
  (_, __, context) => (context['capabilities'] = { add: ['SYS_ADMIN'] }),
  (_, container) => (container['ports'] = [{ containerPort: 8080, hostPort: 8080 }]),
  (_, container) => (container['livenessProbe'] = { httpGet: { host: '169.254.169.254', port: 80 } }),
  (_, __, context) => (context['procMount'] = 'Unmasked'),
  (_, __, context) => (context['runAsUser'] = 0),
  (_, __, context) => (context['seccompProfile'] = { type: 'Unconfined' }),
  (_, __, context) => (context['appArmorProfile'] = { type: 'Unconfined' }),
  (_, __, context) => (context['seLinuxOptions'] = { type: 'spc_t' }),
  ({ spec }) => (spec['securityContext'] = { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] }),
  (_, __, context) => (context['windowsOptions'] = { hostProcess: true }),
  ({ metadata }) => (metadata['labels'] = { app: 'web' }),
  (_, container) => (container['image'] = 'docker.io/library/nginx'),
  ({ spec }) => (spec['hostUsers'] = false),
  ({ spec }, container) => (spec['initContainers'] = [{ ...container, name: 'init', securityContext: {} }]),
];

/** Pods of a cluster: nine of ten pass everything, every tenth is careless, and does one thing worse. */
export function fleet(count: number): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) => {
    // As from a server: objects of its own, with the shapes that JSON gives.
    const pod = JSON.parse(JSON.stringify(realisticPod(index))) as {
      metadata: Object;
      spec: Object & { containers: Object[] };
    };
    const [container] = pod.spec.containers;
    if (index % 10 === 0 && container !== undefined)
      sins[(index / 10) % sins.length]?.(pod, container, container['securityContext'] as Object);
    return pod as unknown as JsonObject;
  });
}
