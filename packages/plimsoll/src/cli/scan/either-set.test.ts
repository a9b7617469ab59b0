import { sharedTestCluster } from '@plimsoll/testcluster';
import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { scanReportSchema } from './report-schema.ts';

const policy = (name: string, spec: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
${spec}`;
const limits = policy(
  'limits',
  `  paramKind: {apiVersion: v1, kind: ConfigMap}
  validations: [{expression: 'object.spec.containers.size() <= int(params.data.most)', message: too many}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: limits}
spec: {policyName: limits, validationActions: [Deny], paramRef: {name: limits, namespace: shop, parameterNotFoundAction: Deny}}
`,
);
const teams = policy(
  'teams',
  `  validations: [{expression: "namespaceObject.metadata.labels.team == 'a'", message: not team a}]\n`,
);
const param = (most: number) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits, namespace: shop}\ndata: {most: "${most}"}\n`;
const namespace = (team: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: ${team}}}\n`;
const waiver = `apiVersion: plimsoll.dev/v1
kind: Waiver
metadata: {name: w}
spec: {guardrails: [limits, teams], namespaces: [shop], reason: agreed}
`;
const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: a}, {name: b}]}\n`;
const version = '{"gitVersion": "v1.36.0"}';

let remove = async () => {};
afterEach(async () => await remove());

/** The outcome of each verdict, and its param, of one scan. */
async function outcomes(files: Readonly<Record<string, string>>, line: readonly string[]): Promise<readonly string[]> {
  const made = await folderOf(files);
  remove = made.remove;
  const run = await runCli(made.folder, ['scan', ...line, '-o', 'json', '--verdicts', 'all']);
  const { verdicts, summary } = scanReportSchema.parse(JSON.parse(run.stdout));
  expect(summary.resources).toBeGreaterThan(0);
  return verdicts.map(({ outcome, param: name }) => [outcome, name].filter((word) => word !== null).join(' '));
}

describe('what a scan finds in either set of paths', () => {
  test.each([
    ['of TARGETs', { 't/c.yaml': param(1) }],
    ['of --guardrails', { 'g/c.yaml': param(1) }],
    ['of both, and then the one of TARGETs counts', { 't/c.yaml': param(1), 'g/c.yaml': param(9) }],
  ])('given a param in a path %s, then it is the policy’s', async (_where, files) => {
    const all = { 'g/p.yaml': limits, 't/pod.yaml': pod, ...files };
    expect(await outcomes(all, ['t', '--guardrails', 'g'])).toEqual(['fail limits']);
  });

  test('given a policy and its param among the TARGETs, and the same paths twice, then there is one verdict', async () => {
    const all = { 't/p.yaml': limits, 't/pod.yaml': pod, 't/c.yaml': param(2) };
    expect(await outcomes(all, ['t', '--guardrails', 't'])).toEqual(['pass limits']);
  });

  test('given no param at all, then it is the error that the binding asks for', async () => {
    expect(await outcomes({ 'g/p.yaml': limits, 't/pod.yaml': pod }, ['t', '--guardrails', 'g'])).toEqual(['error']);
  });

  test.each([
    ['of TARGETs', { 't/n.yaml': namespace('b') }],
    ['of --guardrails', { 'g/n.yaml': namespace('b') }],
  ])('given a Namespace in a path %s, then its labels are read', async (_where, files) => {
    const all = { 'g/p.yaml': teams, 't/pod.yaml': pod, ...files };
    expect(await outcomes(all, ['t', '--guardrails', 'g'])).toEqual(['fail']);
  });

  test('given no Namespace, then what reads its labels is unknown', async () => {
    expect(await outcomes({ 'g/p.yaml': teams, 't/pod.yaml': pod }, ['t', '--guardrails', 'g'])).toEqual(['unknown']);
  });

  test.each([
    ['of TARGETs', 't/w.yaml'],
    ['of --guardrails', 'g/w.yaml'],
  ])('given a waiver in a path %s, then it waives', async (_where, file) => {
    const all = { 'g/p.yaml': limits, 'g/c.yaml': param(1), 't/pod.yaml': pod, [file]: waiver };
    expect(await outcomes(all, ['t', '--guardrails', 'g'])).toEqual(['waived limits']);
  });

  test('given the folder of a cluster, then params and Namespaces beside the policies count for it as well', async () => {
    const all = {
      'g/p.yaml': `${limits}---\n${teams}`,
      'g/c.yaml': param(1),
      'g/n.yaml': namespace('b'),
      'prod/version.json': version,
      'prod/pod.yaml': pod,
    };
    expect(await outcomes(all, ['prod', '--guardrails', 'g'])).toEqual(['fail limits', 'fail']);
  });

  test('given a Deployment beside the policies, which is not judged, then its ReplicaSet is', async () => {
    const template = `spec: {template: {spec: {hostNetwork: true, containers: [{name: a, image: x}]}}}`;
    const owner = 'ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: d, uid: u, controller: true}]';
    const all = {
      'g/d.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: shop}\n${template}\n`,
      't/r.yaml': `apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: r, namespace: shop, ${owner}}\n${template}\n`,
    };
    const line = ['t', '--guardrails', 'g', '--guardrails', 'builtin:pod-security-baseline'];
    expect(await outcomes(all, line)).toContain('fail');
  });
});

const cluster = await sharedTestCluster();

describe.skipIf(cluster === undefined)('scan kube:CONTEXT', () => {
  test('given the cluster’s own policies, then they judge it as their bindings say, and one without is listed as unbound', async () => {
    if (cluster === undefined) return;
    const shop = await cluster.namespace('scan', { team: 'a' });
    const group = '/apis/admissionregistration.k8s.io/v1';
    const limited = {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': shop } },
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: "namespaceObject.metadata.labels.team == 'b'", message: 'not team b' }],
    };
    await cluster.admin.create(`/api/v1/namespaces/${shop}/pods`, {
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'a', image: 'x' }] },
    });
    for (const name of [`${shop}-bound`, `${shop}-unbound`])
      await cluster.admin.create(`${group}/validatingadmissionpolicies`, { metadata: { name }, spec: limited });
    await cluster.admin.create(`${group}/validatingadmissionpolicybindings`, {
      metadata: { name: `${shop}-binding` },
      spec: { policyName: `${shop}-bound`, validationActions: ['Audit'] },
    });
    const made = await folderOf({ 'g/p.yaml': limits, 'g/c.yaml': param(9).replaceAll('shop', shop) });
    remove = made.remove;
    const line = ['scan', '--kubeconfig', cluster.kubeconfig, 'kube:admin', '-o', 'json', '--verdicts', 'all'];
    const run = await runCli(made.folder, [...line, '--guardrails', 'g']);
    const { verdicts, problems } = scanReportSchema.parse(JSON.parse(run.stdout));
    const own = verdicts.filter(
      ({ policy: { source }, resource }) => source === 'admin' && resource.namespace === shop,
    );
    expect(own).toMatchObject([
      {
        guardrail: `${shop}-bound`,
        policy: { source: 'admin', kind: 'ValidatingAdmissionPolicy' },
        binding: `${shop}-binding`,
        resource: { source: 'admin', name: 'web', file: null },
        outcome: 'fail',
      },
    ]);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'PLM1310', message: expect.stringContaining(`${shop}-unbound`) }),
    );
    for (const name of [`${shop}-bound`, `${shop}-unbound`])
      await cluster.admin.delete(`${group}/validatingadmissionpolicies/${name}`);
    await cluster.admin.delete(`${group}/validatingadmissionpolicybindings/${shop}-binding`);
  });
});
