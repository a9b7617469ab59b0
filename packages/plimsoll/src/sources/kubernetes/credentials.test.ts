import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientAuthority, clientCertificate, sharedTestCluster, testUsers } from '@plimsoll/testcluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiFailure, reasonOf } from './failure.ts';
import { inCluster, readKubeconfig, resolveContext, type KubeContext } from './kubeconfig.ts';
import { ownSurroundings } from './surroundings.ts';
import { Transport } from './transport.ts';

const cluster = await sharedTestCluster();
const url = cluster?.url ?? '';
const authority = Buffer.from(cluster?.ca ?? '').toString('base64');
const admin = { token: testUsers.admin.token };

let folder: string;
let transport: Transport | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-credentials-'));
});
afterEach(async () => {
  await transport?.close();
  rmSync(folder, { recursive: true });
});

/** A context as a kubeconfig in the test's folder says it. */
function contextOf(user: object, more: object = {}): KubeContext {
  const file = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': authority, ...more } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(file, JSON.stringify(config));
  return resolveContext(readKubeconfig(file));
}

const ask = () => ({ signal: AbortSignal.timeout(25_000) });

/** Who the API server takes us for: the groups of a SelfSubjectReview need a POST, so its audit of a refusal serves. */
async function whoAmI(context: KubeContext): Promise<string> {
  transport = new Transport(context, 20_000, ownSurroundings);
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/no-such-role';
  const refusal: unknown = await transport.json(path, ask()).catch((error: unknown) => error);
  const message = refusal instanceof Error ? refusal.message : '';
  if (message.includes('404')) return 'one who may read';
  return /User "([^"]*)"/.exec(message)?.[1] ?? message;
}

describe.skipIf(cluster === undefined)('credentials on a real API server', () => {
  it.each([
    ['a token', () => contextOf(admin), 'one who may read'],
    ['a token of somebody without rights', () => contextOf({ token: testUsers.nobody.token }), 'nobody'],
    ['impersonation of a user', () => contextOf({ ...admin, as: 'jane' }), 'jane'],
    [
      'impersonation of a user in groups, one of which may read',
      () => contextOf({ ...admin, as: 'jane', 'as-groups': ['developers', 'system:masters'] }),
      'one who may read',
    ],
    [
      'impersonation with extra values',
      () => contextOf({ ...admin, as: 'joe', 'as-user-extra': { 'example.com/scopes': ['a', 'b'] } }),
      'joe',
    ],
    [
      'the authority in a file, relative to the kubeconfig',
      () => contextOf(admin, authorityFile()),
      'one who may read',
    ],
    [
      'a server name other than the address',
      () => contextOf(admin, { 'tls-server-name': 'kubernetes.default.svc' }),
      'one who may read',
    ],
    [
      'no check of the certificate',
      () => contextOf(admin, { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true }),
      'one who may read',
    ],
  ])('%s', async (_, context, who) => {
    expect(await whoAmI(context())).toBe(who);
  });

  function authorityFile(): object {
    writeFileSync(join(folder, 'ca.crt'), cluster?.ca ?? '');
    return { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' };
  }

  it.each([
    ['an authority that did not sign it', { 'certificate-authority-data': undefined }, /TLS/],
    ['a server name that is not in it', { 'tls-server-name': 'another.example.com' }, /TLS.*another\.example\.com/],
  ])('a certificate is refused for %s', async (_, more, words) => {
    expect(await whoAmI(contextOf(admin, more))).toMatch(words);
  });

  it('the files of a pod’s service account, read anew when they are rotated', async () => {
    writeFileSync(join(folder, 'ca.crt'), cluster?.ca ?? '');
    writeFileSync(join(folder, 'token'), `${testUsers.nobody.token}\n`);
    writeFileSync(join(folder, 'namespace'), 'shop');
    const { hostname, port } = new URL(url);
    const pod = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const context = resolveContext(inCluster(folder, pod));
    expect(context).toMatchObject({ name: 'in-cluster', namespace: 'shop' });
    expect(await whoAmI(context)).toBe('nobody');
    writeFileSync(join(folder, 'token'), testUsers.admin.token);
    expect(await whoAmI(context)).toBe('one who may read');
  });

  it('an OIDC token of an auth-provider is sent; where it cannot be renewed that is said, and nobody asks anonymously', async () => {
    const soon = Math.floor(Date.now() / 1000) + 3600;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (expires: number) => `${part({ alg: 'none' })}.${part({ exp: expires })}.x`;
    const provider = (idToken: string) => ({
      'auth-provider': {
        name: 'oidc',
        config: { 'client-id': 'c', 'idp-issuer-url': 'http://127.0.0.1:1', 'id-token': idToken },
      },
    });
    expect(await whoAmI(contextOf(provider(token(soon))))).toContain('401');
    await transport?.close();
    expect(await whoAmI(contextOf(provider(token(1))))).toContain('auth-provider oidc: gave no token');
  });
});

describe.skipIf(cluster === undefined)('a client certificate', () => {
  const issued = (user: string, more: { groups?: readonly string[]; until?: number } = {}) =>
    cluster?.clientCertificate({ user, ...more }) ?? { certificate: '', key: '' };
  const masters = { groups: ['developers', 'system:masters'] };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const inline = ({ certificate, key }: { certificate: string; key: string }) => ({
    'client-certificate-data': base64(certificate),
    'client-key-data': base64(key),
  });
  const files = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
  const write = ({ certificate, key }: { certificate: string; key: string }): void => {
    writeFileSync(join(folder, 'client.crt'), certificate);
    writeFileSync(join(folder, 'client.key'), key);
  };
  const path = '/api/v1/namespaces/kube-system';

  it('in the kubeconfig names its user', async () => {
    expect(await whoAmI(contextOf(inline(issued('jane'))))).toBe('jane');
  });

  it('in the kubeconfig names its groups, one of which may read', async () => {
    expect(await whoAmI(contextOf(inline(issued('jane', masters))))).toBe('one who may read');
  });

  it('in files beside the kubeconfig names its user', async () => {
    write(issued('joe'));
    expect(await whoAmI(contextOf(files))).toBe('joe');
  });

  it('from a plug-in names its user', async () => {
    const { certificate, key } = issued('ann');
    const status = { clientCertificateData: certificate, clientKeyData: key };
    writeFileSync(join(folder, 'answer.json'), JSON.stringify({ kind: 'ExecCredential', status }));
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', args: [join(folder, 'answer.json')] };
    expect(await whoAmI(contextOf({ exec }))).toBe('ann');
  });

  it('that was replaced in its files is used after the server refused the old one', async () => {
    write(issued('jane', { ...masters, until: Date.now() - 60_000 }));
    transport = new Transport(contextOf(files), 20_000, ownSurroundings);
    await expect(transport.json(path, ask())).rejects.toThrow(/401/);
    write(issued('jane', masters));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { value } = await transport.json(path, ask());
    expect(value).toMatchObject({ kind: 'Namespace' });
  });

  it('whose file is replaced before that of its key is waited for', async () => {
    const [before, after] = [issued('jane'), issued('ann')];
    write({ certificate: after.certificate, key: before.key });
    setTimeout(() => writeFileSync(join(folder, 'client.key'), after.key), 100);
    expect(await whoAmI(contextOf(files))).toBe('ann');
  });

  it.each([
    ['is over', () => inline(issued('jane', { until: Date.UTC(2020, 0, 2) })), /401 .*CN=jane ended on 202\d-/],
    ['the server’s authority did not sign', () => inline(foreign()), /401 .*CN=mallory is good until .* does not know/],
    ['has another’s key', () => inline({ ...issued('jane'), key: issued('joe').key }), /is not the key of/],
    ['has no key', () => ({ 'client-certificate-data': base64(issued('jane').certificate) }), /without its client key/],
    ['is none', () => inline({ ...issued('jane'), certificate: 'nothing' }), /no certificate \(PEM\)/],
    ['has a key that is none', () => inline({ ...issued('jane'), key: 'nothing' }), /no private key/],
    ['is not where the kubeconfig says', () => files, /cannot read .*client\.crt/],
  ])('that %s is PLM1405, which says why', async (_, user, words) => {
    transport = new Transport(contextOf(user()), 20_000, ownSurroundings);
    const failure: unknown = await transport.json(path, ask()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiFailure);
    expect(failure).toMatchObject({ kind: 'credentials', message: expect.stringMatching(words) });
    expect(reasonOf(failure as ApiFailure)).toMatch(/^PLM1405: /);
  });

  function foreign(): { certificate: string; key: string } {
    return clientCertificate(clientAuthority(Date.now()), { user: 'mallory' }, Date.now());
  }
});

describe.skipIf(cluster === undefined)('an exec plug-in', () => {
  const plugin = (script: string) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', script],
      installHint: 'install it',
    },
  });

  it('that prompts finds no terminal, and is ended after 10 s with its children', async () => {
    const mark = join(folder, 'still-here');
    const script = `read answer; (sleep 13; touch ${mark}) & sleep 60`;
    const began = Date.now();
    expect(await whoAmI(contextOf(plugin(script)))).toMatch(/gave no credential within 10 s \(install it\)/);
    expect(Date.now() - began).toBeLessThan(12_500);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(() => readFileSync(mark)).toThrow(/ENOENT/);
  });

  it('is ended when nobody waits for it any more', async () => {
    transport = new Transport(contextOf(plugin('sleep 60')), 20_000, ownSurroundings);
    const asking = new AbortController();
    const refused = transport.json('/version', { signal: asking.signal }).catch((error: unknown) => String(error));
    setTimeout(() => asking.abort(), 200);
    const began = Date.now();
    await refused;
    expect(Date.now() - began).toBeLessThan(3000);
  });

  it('gets the cluster where it asks for it, and its variables', async () => {
    const told = join(folder, 'told');
    const answer = JSON.stringify({ kind: 'ExecCredential', status: { token: testUsers.admin.token } });
    const script = `echo "$GREETING $KUBERNETES_EXEC_INFO" > ${told}; echo '${answer}'`;
    const { exec } = plugin(script);
    const user = { exec: { ...exec, provideClusterInfo: true, env: [{ name: 'GREETING', value: 'hello' }] } };
    expect(await whoAmI(contextOf(user))).toBe('one who may read');
    expect(readFileSync(told, 'utf8')).toContain('hello {');
    expect(readFileSync(told, 'utf8')).toContain(`"server":"${url}"`);
  });
});

describe.skipIf(cluster === undefined)('a proxy', () => {
  let proxy: Server;
  let tunnels: string[];
  beforeEach(async () => {
    tunnels = [];
    proxy = createServer();
    proxy.on('connect', (request, socket, head) => {
      tunnels.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => void proxy.close());

  it('named by proxy-url is used, with the server’s certificate checked through it', async () => {
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : null;
    expect(await whoAmI(contextOf(admin, { 'proxy-url': `http://127.0.0.1:${port}` }))).toBe('one who may read');
    expect(tunnels).toEqual([new URL(url).host]);
    await transport?.close();
    const unsigned = { 'proxy-url': `http://127.0.0.1:${port}`, 'certificate-authority-data': undefined };
    expect(await whoAmI(contextOf(admin, unsigned))).toMatch(/TLS/);
  });
});
