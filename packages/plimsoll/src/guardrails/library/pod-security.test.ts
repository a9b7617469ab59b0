import { Oracle, testClusterOrSkip } from '@plimsoll/testcluster';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { type Guardrail, guardrailsOf } from '../policy-set.ts';
import type { World } from '../world.ts';
import { libraryFolder, presetPolicies, readLibrary } from './read-library.ts';

const oracle = await testClusterOrSkip(() => Oracle.start('pod-security'));

afterAll(() => oracle?.close());

interface Answer {
  readonly allowed: boolean;
  readonly checks: readonly { readonly id: string; readonly allowed: boolean }[];
}

const library = readLibrary(libraryFolder);
const sets = new Map<string, readonly Guardrail[]>();

function guardrailsFor(preset: string): readonly Guardrail[] {
  let found = sets.get(preset);
  if (found === undefined) {
    found = guardrailsOf(presetPolicies(preset, library), () => newestDialect).guardrails;
    sets.set(preset, found);
  }
  return found;
}

const nowhere: World = {
  namespace: (_, name) => ({ body: { metadata: { name } }, unknown: null, unseen: [] }),
  list: () => ({ items: [] }),
  has: () => false,
  typeOfKind: () => null,
  served: () => null,
};

/** Which controls a pod meets, by our guardrails. */
function ours(preset: string, pod: JsonObject): Record<string, boolean> {
  const resource = {
    source: 'files',
    type: 'core/pods',
    scope: 'a',
    name: 'p',
    apiVersion: 'v1',
    kind: 'Pod',
    uid: null,
    version: null,
    body: pod,
    unseen: [],
    place: null,
  };
  const guardrails = guardrailsFor(preset);
  const controls = new Map(guardrails.map(({ policy }) => [policy.reference.name, policy.standard?.control ?? '']));
  const verdicts = evaluateResource(resource, guardrails, nowhere);
  return Object.fromEntries(
    verdicts.map(({ policy, outcome }) => [controls.get(policy.name) ?? '', outcome === 'pass']),
  );
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
const record = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonObject> =>
  // What is undefined is absent, as in the JSON that both sides get.
  fc
    .record(Object.fromEntries(Object.entries(fields).map(([name, arbitrary]) => [name, maybe(arbitrary)])))
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

const profile = record({ type: fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined') });
const selinux = record({
  type: fc.constantFrom('', 'container_t', 'container_engine_t', 'spc_t'),
  user: fc.constantFrom('', 'u'),
  role: fc.constantFrom('', 'r'),
});
const windows = record({ hostProcess: fc.boolean() });
const shared = {
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: selinux,
  windowsOptions: windows,
  runAsNonRoot: fc.boolean(),
  runAsUser: fc.constantFrom(0, 1000),
};
const capability = fc.constantFrom('ALL', 'NET_BIND_SERVICE', 'CHOWN', 'NET_ADMIN', 'NET_RAW');
const securityContext = record({
  ...shared,
  privileged: fc.boolean(),
  allowPrivilegeEscalation: fc.boolean(),
  procMount: fc.constantFrom('Default', 'Unmasked'),
  capabilities: record({ add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) }),
});
const handler = record({
  httpGet: record({ host: fc.constantFrom('', '10.0.0.1') }),
  tcpSocket: record({ host: fc.constantFrom('', '10.0.0.1') }),
});
const container = (name: string) =>
  record({
    securityContext,
    ports: fc.array(record({ hostPort: fc.constantFrom(0, 80) }), { maxLength: 2 }),
    livenessProbe: handler,
    readinessProbe: handler,
    lifecycle: record({ postStart: handler, preStop: handler }),
  }).map((fields): JsonObject => ({ name, image: 'i', ...fields }));
const volume = fc
  .constantFrom('hostPath', 'emptyDir', 'configMap', 'nfs', 'image', 'csi', 'gitRepo')
  .map((kind): JsonObject => ({ name: 'v', [kind]: kind === 'hostPath' ? { path: '/' } : {} }));
const annotation = fc.constantFrom('', 'runtime/default', 'docker/default', 'localhost/a', 'unconfined');
const pod = fc.record({
  metadata: record({
    annotations: record({
      'seccomp.security.alpha.kubernetes.io/pod': annotation,
      'container.seccomp.security.alpha.kubernetes.io/a': annotation,
      'container.apparmor.security.beta.kubernetes.io/a': annotation,
    }),
  }).map((metadata): JsonObject => ({ name: 'p', namespace: 'a', ...metadata })),
  spec: fc
    .tuple(
      record({
        initContainers: fc.array(container('i'), { maxLength: 1 }),
        ephemeralContainers: fc.array(container('e'), { maxLength: 1 }),
        hostNetwork: fc.boolean(),
        hostPID: fc.boolean(),
        hostIPC: fc.boolean(),
        hostUsers: fc.boolean(),
        os: record({ name: fc.constantFrom('linux', 'windows') }),
        volumes: fc.array(volume, { maxLength: 2 }),
        securityContext: record({
          ...shared,
          sysctls: fc.array(
            fc
              .constantFrom('kernel.shm_rmid_forced', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_fin_timeout', 'kernel.msgmax')
              .map((name) => ({ name, value: '1' })),
            { maxLength: 1 },
          ),
        }),
      }),
      container('a'),
    )
    .map(([spec, first]): JsonObject => ({ ...spec, containers: [first] })),
});

describe.skipIf(oracle === undefined)('the Pod Security guardrails against Kubernetes’ own checks', () => {
  it('agree on every control, for any pod, at every version', async () => {
    const version = fc.integer({ min: 0, max: 36 }).map((minor) => `1.${minor}`);
    await fc.assert(
      fc.asyncProperty(pod, fc.constantFrom('baseline', 'restricted'), version, async (object, level, minor) => {
        const theirs = (await oracle?.ask({ level, version: `v${minor}`, pod: object })) as Answer;
        const expected = Object.fromEntries(theirs.checks.map(({ id, allowed }) => [id, allowed]));
        expect(ours(`builtin:pod-security-${level}@${minor}`, { apiVersion: 'v1', kind: 'Pod', ...object })).toEqual(
          expected,
        );
      }),
      { numRuns: 1_500 },
    );
  });
});
