import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sharedTestCluster } from '@plimsoll/testcluster';
import { afterEach, describe, expect, test } from 'vitest';
import { followStream } from './api/follow-stream.ts';
import { folderOf, runCli } from './run-cli.fixture.ts';
import { startUp, type RunningUp } from './running-up.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** `plimsoll up` for the test at hand. */
async function up(folder: string, line: readonly string[]): Promise<RunningUp> {
  const running = await startUp(folder, line);
  ends.push(running.end);
  return running;
}

/** The first finding of the stream for which `wanted` holds. */
async function finding(
  url: string,
  wanted: (text: string, state: string) => boolean,
  act: () => Promise<unknown> = async () => undefined,
) {
  const stop = new AbortController();
  let acted = false;
  try {
    for await (const event of followStream(url, ['change', 'finding', 'coverage'], 0, stop.signal, () => undefined)) {
      if (!acted) {
        acted = true;
        await act();
      }
      if (event.event === 'finding' && wanted(`${event.data.guardrail} ${event.data.resource.name}`, event.data.state))
        return event.data;
    }
  } finally {
    stop.abort();
  }
  throw new Error('the stream ended');
}

const pod = (name: string, privileged: boolean) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {containers: [{name: app, image: x, securityContext: {privileged: ${privileged}}}]}\n`;

describe('up on a fleet folder', () => {
  const version = '{"major": "1", "minor": "36", "gitVersion": "v1.36.0"}';

  test('given a cluster folder that comes, then it is a source; when one goes, then it is said to be away and nothing of it is deleted', async () => {
    const { folder, remove } = await folderOf({ 'f/a/version.json': version, 'f/a/p.yaml': pod('one', true) });
    ends.push(remove);
    const { url, said } = await up(folder, ['f']);
    const privileged = (name: string) => (text: string, state: string) =>
      text === `pod-security-privileged ${name}` && state === 'open';
    await finding(url, privileged('one'));
    const found = await finding(url, privileged('two'), async () => {
      await mkdir(join(folder, 'f/b'));
      await writeFile(join(folder, 'f/b/version.json'), version);
      await writeFile(join(folder, 'f/b/p.yaml'), pod('two', true));
    });
    expect(found.resource.source).toBe('b');
    expect(said()).toContain('Watching b too.');
    await rename(join(folder, 'f/b'), join(folder, 'away'));
    await until(async () => (await runCli(folder, ['sources'])).stderr.includes('cannot read f/b'));
    const left = await runCli(folder, ['ls', 'pods', '-o', 'json']);
    expect(JSON.parse(left.stdout).items.map(({ name }: { name: string }) => name)).toEqual(['one', 'two']);
    await rename(join(folder, 'away'), join(folder, 'f/b'));
    await until(async () => !(await runCli(folder, ['sources'])).stderr.includes('cannot read f/b'));
  });

  test('given a manifest beside a cluster folder, then it is judged too, and two cluster folders of one name are PLM1214', async () => {
    const { folder, remove } = await folderOf({
      'f/bad.yaml': pod('loose', true),
      'f/a/version.json': version,
      'f/a/p.yaml': pod('one', true),
      'g/a/version.json': version,
    });
    ends.push(remove);
    expect(await runCli(folder, ['up', 'f', 'g'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1214: f/a and g/a would both be the source a.'),
    });
    const { url } = await up(folder, ['f']);
    const found = await finding(url, (text, state) => text === 'pod-security-privileged loose' && state === 'open');
    expect(found.resource.source).toBe('files');
    const named = (await runCli(folder, ['sources', '-o', 'json'])).stdout;
    expect(JSON.parse(named).items.map(({ name }: { name: string }) => name)).toEqual(['a', 'files']);
  });

  test('given a cluster folder that is removed with all it holds, then it is away and its findings stay; when it is back, then all is live', async () => {
    const files = { 'f/a/version.json': version, 'f/a/p.yaml': pod('one', true), 'f/a/q.yaml': pod('two', true) };
    const { folder, remove } = await folderOf(files);
    ends.push(remove);
    const { url } = await up(folder, ['f']);
    await finding(url, (text, state) => text === 'pod-security-privileged two' && state === 'open');
    await rm(join(folder, 'f/a'), { recursive: true });
    await until(async () => (await runCli(folder, ['sources'])).code === 3);
    const away = await runCli(folder, ['sources']);
    expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('PLM1213 f/a: cannot read f/a: ENOENT') });
    expect(away.stdout).toMatch(/^a +v1\.36\.0 +1 +– +\S+ +2 stale$/m);
    expect(await runCli(folder, ['findings'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/a\/core\/pods\/shop\/one[^]*a\/core\/pods\/shop\/two/),
      stderr: expect.stringContaining('Not seen: a, a/core/pods are stale (cannot read f/a'),
    });
    const resolved = await runCli(folder, ['findings', '--state', 'resolved', '-o', 'json']);
    expect(JSON.parse(resolved.stdout).items).toEqual([]);
    await mkdir(join(folder, 'f/a'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await until(async () => (await runCli(folder, ['sources'])).code === 0);
    expect((await runCli(folder, ['sources'])).stdout).toMatch(/^a +v1\.36\.0 +1 +1 live +\S+ +–$/m);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 40; asked += 1) if (await holds()) return;
  throw new Error('it never held');
}

describe('up on files', () => {
  test('given a file, when it is edited, then its finding resolves; findings, explain, get and sources answer', async () => {
    const { folder, remove } = await folderOf({ 'm/p.yaml': pod('web', true) });
    ends.push(remove);
    const { url } = await up(folder, ['m']);
    const open = await finding(url, (text, state) => text === 'pod-security-privileged web' && state === 'open');
    expect(await runCli(folder, ['findings'])).toMatchObject({ code: 1, stdout: expect.stringContaining(open.id) });
    expect(await runCli(folder, ['explain', open.id.slice(0, 10)])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Evaluated'),
    });
    expect(await runCli(folder, ['get', 'files/core/pods/shop/web', '-o', 'json'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"privileged": true'),
    });
    expect(await runCli(folder, ['ls', 'pods', '--where', 'name == "web"', '-o', 'jsonl'])).toMatchObject({ code: 0 });
    expect(await runCli(folder, ['ls', 'po'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('files/core/pods/shop/web'),
    });
    expect(await runCli(folder, ['ls', 'pdo'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no type pdo; did you mean core/pods'),
    });
    expect(await runCli(folder, ['sources'])).toMatchObject({ code: 0, stdout: expect.stringContaining('files') });
    // At once, as editors do: a file that is emptied first and then written is without its pod for a moment.
    await writeFile(join(folder, 'p.next'), pod('web', false));
    await rename(join(folder, 'p.next'), join(folder, 'm/p.yaml'));
    expect(await finding(url, (_text, state) => state === 'resolved')).toMatchObject({
      id: open.id,
      resolution: 'passes',
    });
  });

  test('given a running server, then a second one on its store is refused, and after it the store answers', async () => {
    const { folder, remove } = await folderOf({ 'm/p.yaml': pod('web', true) });
    ends.push(remove);
    const { url, child } = await up(folder, ['m']);
    await finding(url, () => true);
    const port = new URL(url).port;
    expect(await runCli(folder, ['up', 'm', '--listen', '127.0.0.1:0'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        `^PLM1502 \\S+plimsoll.db: in use by process ${child.pid}, whose server is ${url} \\(--server ${url}\\)\n`,
      ),
    });
    const other = ['up', 'm', '--store', 'other.db', '--listen', `127.0.0.1:${port}`];
    expect(await runCli(folder, other)).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1003') });
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await closed).toBe(0);
    expect(await runCli(folder, ['findings'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('pod-security-privileged'),
    });
  });

  test('given a store file that is none, then PLM1501 and exit 2; given nothing to ask, PLM1012', async () => {
    const { folder, remove } = await folderOf({ 'not.db': 'this is no database', 'm/p.yaml': pod('a', false) });
    ends.push(remove);
    expect(await runCli(folder, ['up', 'm', '--store', 'not.db', '--listen', '127.0.0.1:0'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1501'),
    });
    expect(await readFile(join(folder, 'not.db'), 'utf8')).toBe('this is no database');
    expect(await runCli(folder, ['findings'])).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1012') });
    expect(await runCli(folder, ['findings', '--server', 'http://127.0.0.1:1'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('PLM1004'),
    });
  });

  test('given no kubeconfig, then the demo fleet is shown and said, and leaves no store', async () => {
    const { folder, remove } = await folderOf({});
    ends.push(remove);
    const { url, said } = await up(folder, []);
    expect(said()).toContain('demo fleet');
    expect(await finding(url, (text) => text.startsWith('pod-security-'))).toMatchObject({ state: 'open' });
    expect(await runCli(folder, ['findings', '--demo'])).toMatchObject({ code: 1 });
    expect(said()).toContain('npx plimsoll findings\n');
    expect(await runCli(folder, ['findings'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`from ${url}`),
    });
    expect(await readdir(join(folder, 'state/plimsoll'))).toEqual(['plimsoll.db.server']);
    await ends.splice(1, 1)[0]?.();
    expect(await readdir(join(folder, 'state/plimsoll'))).toEqual([]);
  });

  test('given a server that was killed, then its announcement is noticed and the store answers', async () => {
    const { folder, remove } = await folderOf({ 'm/p.yaml': pod('web', true) });
    ends.push(remove);
    const { url, child } = await up(folder, ['m']);
    await finding(url, () => true);
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
    const run = await runCli(folder, ['findings']);
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining('pod-security-privileged') });
    expect(run.stderr).toContain(`The server at ${url} does not answer any more`);
  });

  test('given a program that took the port of a killed server, and answers as something else, then it is not asked', async () => {
    const { folder, remove } = await folderOf({});
    ends.push(remove);
    const other = createServer((incoming, answer) => void (incoming.url === '/' && answer.end('{"name": "other"}')));
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    ends.push(async () => other.close().closeAllConnections());
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await mkdir(join(folder, 'state/plimsoll'), { recursive: true });
    await writeFile(join(folder, 'state/plimsoll/plimsoll.db.server'), `${url}\n`);
    expect(await runCli(folder, ['findings'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/does not answer any more[^]*PLM1012/),
    });
  });

  test('given a server that is busy for some seconds, then it is waited for', async () => {
    const { folder, remove } = await folderOf({ 'm/p.yaml': pod('web', true) });
    ends.push(remove);
    const { url, child } = await up(folder, ['m']);
    await finding(url, () => true);
    child.kill('SIGSTOP');
    setTimeout(() => child.kill('SIGCONT'), 3000);
    const run = await runCli(folder, ['findings']);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(`from ${url}`) });
  });

  test('given a server that says nothing, then it is said to be slow, and the store is not asked instead', async () => {
    const { folder, remove } = await folderOf({});
    ends.push(remove);
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    ends.push(async () => silent.close().closeAllConnections());
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await writeFile(join(folder, 't.db.server'), `${url}\n`);
    expect(await runCli(folder, ['findings', '--store', 't.db'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`PLM1004: ${url} is slow`),
    });
  }, 30_000);

  test('given a context that does not exist, then PLM1402 and exit 2', async () => {
    const { folder, remove } = await folderOf({ kc: 'apiVersion: v1\nkind: Config\ncontexts: []\n' });
    ends.push(remove);
    expect(await runCli(folder, ['up', '--kubeconfig', 'kc', '--context', 'gone'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1402'),
    });
  });
});

const cluster = await sharedTestCluster();

describe('whom a command asks', () => {
  test.each([
    ['text', 'text/html', '<html>'],
    ['JSON of another shape', 'application/json', '{"items": []}'],
  ])('given --server that answers with %s, then PLM1004 and exit 3', async (_what, type, body) => {
    const { folder, remove } = await folderOf({});
    ends.push(remove);
    const other = createServer((_incoming, answer) => void answer.writeHead(200, { 'content-type': type }).end(body));
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    ends.push(async () => other.close().closeAllConnections());
    const server = ['--server', `http://127.0.0.1:${(other.address() as AddressInfo).port}`];
    const refusal = { code: 3, stderr: expect.stringMatching(/PLM1004.*not as a Plimsoll server/) };
    expect(await runCli(folder, ['findings', ...server])).toMatchObject(refusal);
    expect(await runCli(folder, ['watch', ...server])).toMatchObject(refusal);
  });

  test.each([
    [['findings', '--server', 'nonsense:xx'], 2, 'PLM1002'],
    [['watch', '--since', 'x'], 2, 'PLM1002'],
    [['watch', '--where', 'object.'], 2, 'PLM1006: ERROR: where:1:8'],
    [['watch'], 2, 'PLM1012'],
    [['ls', '--store', 'folder'], 2, 'PLM1501'],
    [['up', 'folder', '--store', 'folder', '--listen', '127.0.0.1:0'], 2, 'PLM1501'],
    [['up', 'folder', '--store', '/proc/none/plimsoll.db', '--listen', '127.0.0.1:0'], 2, 'PLM1506'],
    [['up', 'folder', '--listen', '0.0.0.0:7070'], 2, 'PLM1010'],
    [['up', 'nothere'], 2, 'PLM1207'],
    [['eval', 'object.spec'], 2, '`object` is what --on names'],
    [['scan', 'kube:nope'], 2, 'PLM1401: there is no kubeconfig at '],
    [['up', '--context', 'nope'], 2, 'PLM1401: there is no kubeconfig at '],
  ] as const)('given %j, then exit %i with %s', async (line, code, says) => {
    const { folder, remove } = await folderOf({ 'folder/p.yaml': pod('web', false) });
    ends.push(remove);
    expect(await runCli(folder, line)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) });
  });
});

describe.skipIf(cluster === undefined)('up on a real cluster', () => {
  test('given a privileged pod that is created and deleted, then its finding appears on the stream and resolves', async () => {
    if (cluster === undefined) return;
    const { folder, remove } = await folderOf({});
    ends.push(remove);
    const namespace = await cluster.namespace('up');
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const { url } = await up(folder, ['--kubeconfig', cluster.kubeconfig, '--context', 'admin']);
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bad' },
      spec: { containers: [{ name: 'c', image: 'x', securityContext: { privileged: true } }] },
    };
    const opened = await finding(
      url,
      (text, state) => text === 'pod-security-privileged bad' && state === 'open',
      async () => await cluster.admin.create(pods, body),
    );
    expect(opened.resource).toMatchObject({ source: 'admin', namespace, type: 'core/pods' });
    await cluster.admin.delete(`${pods}/bad?gracePeriodSeconds=0`);
    expect(await finding(url, (_text, state) => state === 'resolved')).toMatchObject({
      id: opened.id,
      resolution: 'resource deleted',
    });
  });

  test('given kube:CONTEXT, then scan judges what runs there; a user who may see nothing gets exit 3, never 0', async () => {
    if (cluster === undefined) return;
    const { folder, remove } = await folderOf({});
    ends.push(remove);
    const line = ['scan', '--kubeconfig', cluster.kubeconfig];
    const run = await runCli(folder, [...line, 'kube:admin', '--fail-on', 'none', '-o', 'json']);
    expect(JSON.parse(run.stdout).summary.resources).toBeGreaterThan(10);
    expect(run.code).toBe(0);
    const blind = await runCli(folder, [...line, 'kube:nobody']);
    expect(blind.code).toBe(3);
    expect(blind.stderr.match(/PLM1406/g)).toHaveLength(1);
    expect(blind.stderr).toMatch(
      /^PLM1406 nobody: \S+, \S+, \S+ and \d+ more are forbidden: 403 … is forbidden: User "nobody" cannot/m,
    );
    expect(await runCli(folder, [...line, 'kube:gone'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1402'),
    });
  });

  test('given policies with ConfigMap params and of another version, then scan reads the params whole and judges in that version', async () => {
    if (cluster === undefined) return;
    const namespace = await cluster.namespace('scan');
    const within = `/namespaces/${namespace}`;
    await cluster.admin.create(`/api/v1${within}/configmaps`, { metadata: { name: 'ports' }, data: { ports: '80' } });
    for (const [name, port] of [
      ['good', 80],
      ['bad', 81],
    ] as const)
      await cluster.admin.create(`/api/v1${within}/services`, { metadata: { name }, spec: { ports: [{ port }] } });
    await cluster.admin.create(`/apis/autoscaling/v2${within}/horizontalpodautoscalers`, {
      metadata: { name: 'web' },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    });
    const policy = (name: string, group: string, resource: string, rest: string) =>
      `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: ${name}}\nspec:\n  matchConstraints: {resourceRules: [{apiGroups: ["${group}"], apiVersions: [v1], operations: [CREATE], resources: [${resource}]}]}\n${rest}`;
    const binding = (name: string, rest: string) =>
      `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: ${name}}\nspec:\n  policyName: ${name}\n  validationActions: [Deny]\n  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}\n${rest}`;
    const { folder, remove } = await folderOf({
      'g/ports.yaml': policy(
        'ports',
        '',
        'services',
        '  paramKind: {apiVersion: v1, kind: ConfigMap}\n  validations: [{expression: "string(object.spec.ports[0].port) == params.data.ports"}]\n',
      ),
      'g/ports-binding.yaml': binding('ports', '  paramRef: {name: ports, parameterNotFoundAction: Deny}\n'),
      'g/cpu.yaml': policy(
        'cpu',
        'autoscaling',
        'horizontalpodautoscalers',
        '  validations: [{expression: "object.spec.targetCPUUtilizationPercentage < 80"}]\n',
      ),
      'g/cpu-binding.yaml': binding('cpu', ''),
    });
    ends.push(remove);
    const line = ['scan', '--kubeconfig', cluster.kubeconfig, 'kube:admin', '--guardrails', 'g', '-o', 'json'];
    const { stdout, code } = await runCli(folder, line);
    const verdicts = JSON.parse(stdout).verdicts as {
      guardrail: string;
      resource: { name: string };
      outcome: string;
    }[];
    expect(
      verdicts.map(({ guardrail, resource, outcome }) => `${guardrail} ${resource.name} ${outcome}`).toSorted(),
    ).toEqual(['cpu web fail', 'ports bad fail']);
    expect(code).toBe(1);
  });
});
