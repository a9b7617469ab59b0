import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedTestCluster } from '@plimsoll/testcluster';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scanReportSchema } from '../scan/report-schema.ts';
import { cliEnvironment, folderOf, runCli } from '../run-cli.fixture.ts';
import { startUp } from '../running-up.fixture.ts';

const cluster = await sharedTestCluster();

let ends: (() => Promise<void>)[] = [];
let folder = '';
beforeEach(async () => {
  const made = await folderOf({ 'g/annotated.yaml': annotated, 'manifests/pod.yaml': 'kind: Pod\n' });
  folder = made.folder;
  ends.push(made.remove);
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

/** Asks what a redaction may leave out: an annotation, and the environment of containers. */
const annotated = `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: annotated}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations:
    - expression: "object.metadata.?annotations[?'team'].orValue('') == 'a'"
    - expression: "object.spec.containers.all(c, !has(c.env))"
`;

describe.skipIf(cluster === undefined)('snapshot', () => {
  const at = () => {
    if (cluster === undefined) throw new Error('no cluster');
    return cluster;
  };

  /** A namespace with a privileged pod that has an annotation and an environment. */
  async function shop(): Promise<string> {
    const name = await at().namespace('snapshot');
    const containers = [
      { name: 'a', image: 'x', env: [{ name: 'TOKEN', value: 'hunter2' }], securityContext: { privileged: true } },
    ];
    const body = { metadata: { name: 'web', annotations: { team: 'a' } }, spec: { containers } };
    await at().admin.create(`/api/v1/namespaces/${name}/pods`, body);
    await at().admin.create(`/api/v1/namespaces/${name}/secrets`, { metadata: { name: 'hunter3' }, data: {} });
    ends.push(async () => void (await at().admin.delete(`/api/v1/namespaces/${name}`)));
    return name;
  }

  async function snapshot(context: string, ...more: readonly string[]) {
    return await runCli(folder, ['snapshot', context, '--kubeconfig', at().kubeconfig, '--out', 's.tgz', ...more]);
  }

  /** The verdicts of one namespace, and the problems, as text that does not depend on when and where they were found. */
  async function scanned(namespace: string, target: string, ...more: readonly string[]) {
    const line = [
      'scan',
      target,
      '--kubeconfig',
      at().kubeconfig,
      '-o',
      'json',
      '--verdicts',
      'all',
      '--fail-on',
      'none',
    ];
    const { stdout, stderr, code } = await runCli(folder, [...line, ...more]);
    expect(stdout.endsWith('}\n') ? '' : `exit ${code}: ${stderr}`).toBe('');
    const { verdicts, problems } = scanReportSchema.parse(JSON.parse(stdout));
    const own = verdicts.filter(({ resource }) => resource.namespace === namespace);
    // Namespaces of tests that ended go in their own time.
    const others = /in (?:the namespace "|)(?!SHOP)snapshot-/.source.replace('SHOP', namespace);
    const lasting = problems.filter(({ message }) => !new RegExp(others).test(message));
    return { code, stderr, verdicts: own.map((verdict) => JSON.stringify(verdict)).toSorted(), problems: lasting };
  }

  test('given a cluster, then scan gives of its snapshot what it gives of the cluster itself', async () => {
    const namespace = await shop();
    expect(await snapshot('admin', '-o', 'json')).toMatchObject({ code: 0, stderr: '' });
    const [live, read] = [await scanned(namespace, 'kube:admin'), await scanned(namespace, 's.tgz')];
    expect(live.verdicts.join('\n')).toContain('"outcome":"fail"');
    expect(read.verdicts).toEqual(live.verdicts);
    expect(read.problems).toEqual(live.problems);
    expect(read.stderr).toMatch(/Read the snapshot of admin as of \d{4}-\S+Z: \d+ resources\./);
    expect(statSync(join(folder, 's.tgz')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['g', 'manifests', 's.tgz']);
  });

  test('given a user who may see some types alone, then the gaps are those of the cluster, and exit 3', async () => {
    const namespace = await shop();
    const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    const binding = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
    const rules = [{ apiGroups: [''], resources: ['pods', 'namespaces', 'secrets'], verbs: ['get', 'list', 'watch'] }];
    await at().admin.create(role, { metadata: { name: namespace }, rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer' }];
    await at().admin.create(binding, { metadata: { name: namespace }, roleRef, subjects });
    ends.push(async () => {
      await at().admin.delete(`${binding}/${namespace}`);
      await at().admin.delete(`${role}/${namespace}`);
    });
    const taken = await snapshot('viewer');
    expect(taken).toMatchObject({ code: 3, stderr: expect.stringContaining('are forbidden (PLM1406') });
    const [live, read] = [await scanned(namespace, 'kube:viewer'), await scanned(namespace, 's.tgz')];
    expect(read.verdicts).toEqual(live.verdicts);
    expect(read.problems).toEqual(live.problems);
    expect([live.code, read.code]).toEqual([3, 3]);
    expect((await scanned(namespace, 's.tgz', '--allow-unknown')).code).toBe(0);
  });

  test('given redactions, then what reads a redacted field is unknown, and the file does not hold it; Secrets it never holds', async () => {
    const namespace = await shop();
    const plain = await snapshot('admin');
    expect(plain.code).toBe(0);
    expect(await textOf()).toContain('hunter2');
    const redact = ['core/pods:spec.containers[*].env', '*:metadata.annotations', '*:spec.nosuch'];
    const taken = await snapshot('admin', ...redact.flatMap((text) => ['--redact', text]));
    expect(taken).toMatchObject({ code: 0, stderr: '--redact *:spec.nosuch found nothing to leave out.\n' });
    expect(await textOf()).not.toMatch(/hunter[23]/);
    const { verdicts, code } = await scanned(namespace, 's.tgz', '--guardrails', 'g');
    expect(verdicts.map((text) => JSON.parse(text))).toMatchObject([
      { outcome: 'unknown', reason: expect.stringContaining('metadata.annotations: it was not kept') },
    ]);
    expect(code).toBe(3);
  });

  /** What the file unpacks to. */
  async function textOf(): Promise<string> {
    const { gunzipSync } = await import('node:zlib');
    const { readFileSync } = await import('node:fs');
    return gunzipSync(readFileSync(join(folder, 's.tgz'))).toString('utf8');
  }

  test('given up FILE, then its facts are as old as it; of a file that is damaged meanwhile nothing is taken', async () => {
    await shop();
    await snapshot('admin');
    const up = await startUp(folder, ['s.tgz']);
    ends.push(up.end);
    const sources = async () => JSON.parse((await runCli(folder, ['sources', '-o', 'json'])).stdout).items[0];
    const { began, ended } = await eventually(async () => {
      const { coverage } = await sources();
      const pods = coverage.find(({ type }: { type: string }) => type === 'core/pods');
      return pods?.state === 'listed' ? { began: pods.lastComplete, ended: Date.now() } : null;
    });
    expect(Date.parse(began)).toBeLessThan(ended);
    const listed = await runCli(folder, ['ls', 'pods']);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('admin/core/pods/') });
    const { asOf } = JSON.parse((await runCli(folder, ['ls', 'pods', '-o', 'json'])).stdout);
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.parse(began));
    writeFileSync(join(folder, 's.tgz'), Buffer.of(0x1f, 0x8b, 8, 0));
    await eventually(async () => (await sources()).problems[0]?.code === 'PLM1221');
    const stale = await runCli(folder, ['ls', 'pods']);
    expect(stale).toMatchObject({ code: 3, stdout: listed.stdout, stderr: expect.stringContaining('stale (PLM1221') });
  });

  test.each([
    [['snapshot'], 'PLM1001'],
    [['snapshot', 'gone', '--kubeconfig', 'KUBECONFIG'], 'PLM1402'],
    [['snapshot', 'admin'], 'PLM1401'],
    [['snapshot', 'admin', '--kubeconfig', 'KUBECONFIG', '--redact', 'data'], 'PLM1002'],
    [['snapshot', 'admin', '--kubeconfig', 'KUBECONFIG', '--redact', '*:metadata.name'], 'PLM1002'],
    [
      ['snapshot', 'admin', '--kubeconfig', 'KUBECONFIG', '--redact', 'core/configmap:data'],
      'serves no core/configmap',
    ],
    [['snapshot', 'admin', '--kubeconfig', 'KUBECONFIG', '--out', 'none/s.tgz'], 'PLM1223'],
    [['snapshot', 'admin', '--kubeconfig', 'KUBECONFIG', '--out', 'g'], 'PLM1223'],
    [['snapshot', 'admin', '--kubeconfig', 'KUBECONFIG', '--guardrails', 'none'], 'PLM1207'],
  ] as const)('given %j, then exit 2 with %s, and no file', async (line, says) => {
    const words = line.map((word) => (word === 'KUBECONFIG' ? at().kubeconfig : word));
    const run = await runCli(folder, words);
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) });
    expect(readdirSync(folder).toSorted()).toEqual(['g', 'manifests']);
  });

  test('given a cluster that does not answer, then exit 3 and no file', async () => {
    const { freePort } = await import('@plimsoll/testcluster');
    const server = `http://127.0.0.1:${await freePort()}`;
    const config = {
      clusters: [{ name: 'c', cluster: { server } }],
      contexts: [{ name: 'x', context: { cluster: 'c' } }],
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const run = await runCli(folder, ['snapshot', 'x', '--kubeconfig', 'config.json']);
    expect(run).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('PLM1404 x: ') });
    expect(readdirSync(folder).toSorted()).toEqual(['config.json', 'g', 'manifests']);
  });
});

test('given an interrupt while a cluster is still answering, then there is no file, and exit 3', async () => {
  const silent = createServer((socket) => asked.resolve(socket));
  const asked = Promise.withResolvers<Socket>();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  ends.push(async () => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const cluster = { server: `http://127.0.0.1:${port}` };
  const config = { clusters: [{ name: 'c', cluster }], contexts: [{ name: 'x', context: { cluster: 'c' } }] };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const main = join(import.meta.dirname, '../../main.mjs');
  const line = [main, 'snapshot', 'x', '--kubeconfig', 'config.json'];
  const child = spawn(process.execPath, line, { cwd: folder, env: cliEnvironment(folder, { TMPDIR: folder }) });
  const socket = await asked.promise;
  child.kill('SIGINT');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  socket.destroy();
  expect([code, said]).toEqual([3, 'Interrupted: no snapshot was written.\n']);
  expect(readdirSync(folder).filter((name) => /tgz|^plimsoll-/.test(name))).toEqual([]);
});

describe('given a file or folder that is no snapshot', () => {
  test.each([
    ['scan', 3, 'PLM1221 bad.tgz: '],
    ['up', 2, 'PLM1220'],
  ] as const)('when it is named to %s, then it says so', async (command, code, says) => {
    const { gzipSync } = await import('node:zlib');
    const whole = gzipSync('apiVersion: v1\n'.repeat(100));
    writeFileSync(join(folder, 'bad.tgz'), command === 'scan' ? whole.subarray(0, 20) : whole);
    expect(await runCli(folder, [command, 'bad.tgz'])).toMatchObject({ code, stderr: expect.stringContaining(says) });
  });

  test.each(['scan', 'up'])('when it is an unpacked one, then %s refuses it', async (command) => {
    const made = await folderOf({ 'p/version.json': '{}', 'p/snapshot.json': '{}', 'p/.plimsoll/end.json': '{}' });
    ends.push(made.remove);
    const run = await runCli(made.folder, [command, 'p']);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1225 p: p is an unpacked snapshot.') });
  });
});

async function eventually<T>(probe: () => Promise<T | null | false>): Promise<T> {
  for (let i = 0; i < 60; i += 1) {
    const found = await probe();
    if (found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('not within 15 s');
}
