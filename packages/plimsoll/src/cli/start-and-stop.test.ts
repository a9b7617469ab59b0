import { request } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from './run-cli.fixture.ts';
import { startUp } from './running-up.fixture.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A folder with a pod, and a kubeconfig whose context `hole` leads to what takes connections and never answers. */
async function folderWithHole(): Promise<string> {
  const hole = createServer(() => undefined);
  await new Promise<void>((resolve) => void hole.listen(0, '127.0.0.1', resolve));
  ends.push(async () => hole.close());
  const { port } = hole.address() as AddressInfo;
  const { folder, remove } = await folderOf({
    'm/p.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: x, securityContext: {privileged: true}}]}\n',
    kc: `apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:${port}"}}]\nusers: [{name: u, user: {}}]\ncontexts: [{name: hole, context: {cluster: c, user: u}}]\n`,
    'plimsoll.yaml':
      'kubeconfig: kc\nsources:\n  - kubernetes: {context: hole}\n  - files: {name: gitops, path: m}\nserver: {listen: "127.0.0.1:0"}\n',
  });
  ends.push(remove);
  return folder;
}

describe('a cluster that takes connections and says nothing', () => {
  test('given it, then the API serves, other sources are judged, and what is not seen is said', async () => {
    const where = await folderWithHole();
    const running = await startUp(where, []);
    ends.push(running.end);
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    const findings = async () => (await runCli(where, ['findings', '-o', 'json'])).stdout;
    await expect.poll(findings, { timeout: 30_000 }).toContain('"name": "web"');
    expect(await runCli(where, ['findings'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Still being connected to: hole.'),
    });
    expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(
      /^plimsoll_coverage_rows\{source="hole",state="listing"\} 1$[^]*^plimsoll_open_findings 1$/m,
    );
  }, 60_000);

  test('given it, an open stream, a request that is stuck and one that is idle, when it is interrupted, then it ends in order within 5 s', async () => {
    const where = await folderWithHole();
    const running = await startUp(where, []);
    const { port } = new URL(running.url);
    const stream = await fetch(`${running.url}/v1/stream?since=0`);
    const stuck = request({ port, path: '/v1/findings', method: 'POST', headers: { 'content-length': '1000' } });
    stuck.on('error', () => undefined).write('{');
    const idle = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    const half = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    half.write('GET / HTTP/1.1\r\nHost: loc');
    const ended = new Promise((resolve) => running.child.once('exit', (code, signal) => resolve(signal ?? code)));
    const began = Date.now();
    running.child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(5000);
    await stream.text();
    idle.destroy();
    half.destroy();
    stuck.destroy();
  }, 60_000);
});

test('given a second signal while it ends, then it ends at once', async () => {
  const where = await folderWithHole();
  const running = await startUp(where, []);
  const ended = new Promise((resolve) => running.child.once('exit', (code, signal) => resolve(signal ?? code)));
  // Stopped before the first is heard, so that it gets both at once.
  running.child.kill('SIGSTOP');
  running.child.kill('SIGTERM');
  running.child.kill('SIGINT');
  running.child.kill('SIGCONT');
  expect(await ended).toBe(3);
}, 60_000);
