import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedTestCluster } from '@plimsoll/testcluster';
import { loadAll } from 'js-yaml';
import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { startUp } from '../running-up.fixture.ts';

const cluster = await sharedTestCluster();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const made = await folderOf(files);
  ends.push(made.remove);
  return made.folder;
}

function kubeconfigOf(server: string, user: object, authority?: string): string {
  const ca = authority === undefined ? {} : { 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...ca } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'it', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'it',
  });
}

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.runIf(cluster !== undefined)('doctor and a real API server', () => {
  test('given a user without rights, then they are named; given the role that it prints and no more, then nothing is missing and everything is live', async () => {
    const name = `doctor-${process.pid}`;
    const { certificate, key } = cluster!.clientCertificate({ user: name });
    const user = {
      'client-certificate-data': Buffer.from(certificate).toString('base64'),
      'client-key-data': Buffer.from(key).toString('base64'),
    };
    const where = await folder({
      kc: kubeconfigOf(cluster!.url, user, cluster!.ca),
      'plimsoll.yaml':
        'kubeconfig: kc\nsources: [{kubernetes: {context: it, exclude: [core/events, core/endpoints, coordination.k8s.io/*, core/secrets]}}]\n',
    });
    const doctor = async (...line: string[]) => await runCli(where, ['doctor', ...line]);
    const before = await doctor();
    expect(before).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/source +wrong +it +v1\.\d+\.\d+, 0 of \d+ types/),
    });
    expect(before.stderr).toMatch(
      /^PLM1120 it: (\d+) of \1 types may not be watched: admissionregistration\S+ \(list, watch\),/m,
    );

    const printed = await doctor('--role');
    expect(printed).toMatchObject({ code: 0, stderr: expect.stringContaining('kubectl create clusterrolebinding') });
    // oxlint-disable-next-line typescript/no-explicit-any -- a manifest as kubectl reads it
    const [role]: any[] = loadAll(printed.stdout);
    expect(new Set(role.rules.flatMap(({ verbs }: { verbs: string[] }) => verbs))).toEqual(
      new Set(['get', 'list', 'watch']),
    );
    expect(JSON.stringify(role.rules)).not.toMatch(/"\*"|"secrets"/);
    role.metadata.name = name;
    await cluster!.admin.create('/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
    await cluster!.admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    });
    ends.push(
      async () => await cluster!.admin.delete(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`),
    );
    ends.push(async () => await cluster!.admin.delete(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`));
    await expect.poll(async () => (await doctor()).code, { timeout: 20_000 }).toBe(0);

    const running = await startUp(where, []);
    ends.push(running.end);
    await expect.poll(async () => (await runCli(where, ['sources'])).code, { timeout: 60_000 }).toBe(0);
  }, 120_000);

  test('given namespaces, then what lies in them is granted by a Role in each', async () => {
    const where = await folder({
      'plimsoll.yaml': `kubeconfig: ${cluster!.kubeconfig}\nsources: [{kubernetes: {context: nobody, namespaces: [a, b]}}]\n`,
    });
    const { stdout } = await runCli(where, ['doctor', '--role']);
    const roles = loadAll(stdout) as {
      kind: string;
      metadata: { namespace?: string };
      rules: { resources?: string[] }[];
    }[];
    expect(roles.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`)).toEqual([
      'ClusterRole ',
      'Role a',
      'Role b',
    ]);
    const [everywhere, inside] = roles.map(({ rules }) => rules.flatMap(({ resources }) => resources ?? []));
    expect([everywhere?.includes('nodes'), everywhere?.includes('pods')]).toEqual([true, false]);
    expect([inside?.includes('nodes'), inside?.includes('pods')]).toEqual([false, true]);
    const { sources } = JSON.parse((await runCli(where, ['doctor', '-o', 'json'])).stdout) as {
      sources: { missing: object[] }[];
    };
    const verbs = ['list', 'watch'];
    expect(sources[0]?.missing).toEqual(
      expect.arrayContaining([
        { type: 'core/nodes', scope: null, verbs },
        { type: 'core/pods', scope: 'a', verbs },
        { type: 'core/pods', scope: 'b', verbs },
      ]),
    );
  }, 60_000);
});

describe('doctor and what is odd', () => {
  test('given a clock that is an hour ahead, and a version that is not known, then both are told, and change no exit code', async () => {
    const server = await serving((request, answer) => {
      answer.sendDate = false;
      answer.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
      answer.setHeader('content-type', 'application/json');
      const body = {
        '/version': { major: '1', minor: '99', gitVersion: 'v1.99.0' },
        '/api': { kind: 'APIVersions', versions: [] },
        '/apis': { kind: 'APIGroupList', groups: [] },
      }[request.url ?? ''];
      answer.statusCode = body === undefined ? 404 : 200;
      answer.end(JSON.stringify(body ?? {}));
    });
    const where = await folder({ kc: kubeconfigOf(server, {}) });
    const run = await runCli(where, ['doctor', '--kubeconfig', 'kc', '-o', 'json']);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/PLM1121 it: The clock of the API server is 3(599|600|601) s ahead of this machine's\./);
    expect(run.stderr).toContain('PLM1123 it: Kubernetes 1.99 is newer than the versions whose policies are known');
    expect(JSON.parse(run.stdout)).toMatchObject({
      kind: 'DoctorReport',
      sources: [{ name: 'it', version: 'v1.99.0', types: 0, missing: [] }],
    });
  });

  test('given a cluster that takes connections and says nothing, a configuration that is wrong, a guardrail that does not compile and a store that cannot be, then each is told, and the gravest decides', async () => {
    const hole = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => void hole.listen(0, '127.0.0.1', resolve));
    ends.push(async () => hole.close());
    const where = await folder({
      kc: kubeconfigOf(`https://127.0.0.1:${(hole.address() as AddressInfo).port}`, {}),
      'plimsoll.yaml': 'stoer: x\n',
      'g.yaml': 'apiVersion: plimsoll.dev/v1\nkind: Guardrail\nmetadata: {name: x}\nspec: {validationz: []}\n',
      file: '',
    });
    const began = Date.now();
    const run = await runCli(where, ['doctor', '--kubeconfig', 'kc', '--guardrails', 'g.yaml', '--store', 'file/x.db']);
    expect(Date.now() - began).toBeLessThan(25_000);
    expect(run.code).toBe(2);
    for (const code of ['PLM1103 plimsoll.yaml:1:1', 'PLM1301 g.yaml', 'PLM1506', 'PLM1404 it'])
      expect(run.stderr).toContain(code);
    expect(run.stdout).toMatch(/^configuration +wrong[^]*^guardrails +wrong[^]*^store +wrong[^]*^source +wrong +it/m);
  }, 60_000);

  test('given a running server whose configuration was refused, then doctor tells why', async () => {
    const where = await folder({ 'm/p.yaml': 'a: 1', 'c.yaml': 'sources: [{files: {path: m}}]\n' });
    const running = await startUp(where, ['--config', 'c.yaml', '--store', 's.db']);
    ends.push(running.end);
    await writeFile(join(where, 'c.yaml'), 'sorces: []\n');
    await expect.poll(async () => running.said(), { timeout: 20_000 }).toContain('PLM1106');
    const run = await runCli(where, ['doctor', '--store', 's.db']);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/PLM1103 c\.yaml:1:1[^]*PLM1106 c\.yaml/) });
    expect(run.stdout).toMatch(/^server +wrong +http:\S+ +answers; configuration c\.yaml/m);
  }, 60_000);
});

test('given a configuration that is wrong, then no role is printed, which would grant what it excludes', async () => {
  const where = await folder({ 'plimsoll.yaml': 'sourcez: []\n' });
  expect(await runCli(where, ['doctor', '--role'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('PLM1103 plimsoll.yaml:1:1'),
  });
});

test.each([
  ['is no store', 'not a store, and long enough to be looked at: '.repeat(100), 'PLM1501'],
  ['is empty', '', null],
])('given a file at the place of the store that %s, then doctor says what up would', async (_, text, code) => {
  const where = await folder({ 's.db': text, 'm/p.yaml': '', 'plimsoll.yaml': 'sources: [{files: {path: ./m}}]\n' });
  const { stdout, stderr } = await runCli(where, ['doctor', '--store', 's.db']);
  expect(stdout).toMatch(code === null ? /^store +ok /m : /^store +wrong /m);
  expect(stderr).toContain(code ?? '');
});
