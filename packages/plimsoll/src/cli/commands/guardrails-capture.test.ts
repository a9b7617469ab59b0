import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const shop = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {mode: fast}
---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: shop}
stringData: {key: dont-tell}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]
spec: {containers: [{name: web, image: 'nginx:1.27'}]}
`;

async function captured(...line: readonly string[]) {
  const { folder, remove } = await folderOf({ 'shop.yaml': shop });
  ends.push(remove);
  const run = await runCli(folder, ['guardrails', 'capture', 'shop.yaml', ...line]);
  return { folder, ...run };
}

/** What a scan by the captured state says of the files after an edit. */
async function drift(folder: string, edit: (text: string) => string) {
  await writeFile(join(folder, 'now.yaml'), edit(shop));
  const { code, stdout } = await runCli(folder, [
    'scan',
    'now.yaml',
    '--guardrails',
    'captured-shop.yaml',
    '-o',
    'json',
    '--fail-on',
    'info',
  ]);
  const { verdicts } = JSON.parse(stdout) as {
    verdicts: { outcome: string; resource: { name: string }; violations: { message: string }[] }[];
  };
  return [
    code,
    ...verdicts.flatMap(({ resource, violations }) => violations.map(({ message }) => `${resource.name}: ${message}`)),
  ];
}

test('given a namespace, then a file that wants it to be as it is, without what controllers own and Secrets hold', async () => {
  const { folder, code, stdout, stderr } = await captured('--namespace', 'shop');
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toContain('Not captured: core/pods: made by their ReplicaSet.');
  expect(stderr).toContain('core/secrets: what they hold is never kept');
  expect(stderr).toContain('Wrote captured-shop.yaml: 4 resources as they are.');
  const text = await readFile(join(folder, 'captured-shop.yaml'), 'utf8');
  expect(text).not.toContain('dont-tell');
  expect(text).not.toContain('web-1');
});

test('given what was captured, then it holds, and each change is told where it is', async () => {
  const { folder } = await captured('--namespace', 'shop');
  expect(await drift(folder, (text) => text)).toEqual([0]);
  expect(await drift(folder, (text) => text.replace('replicas: 2', 'replicas: 3'))).toEqual([
    1,
    'web: spec.replicas is 3; set it to 2',
  ]);
  expect(await drift(folder, (text) => text.replace("'nginx:1.27'}]}", "'nginx:1.27'}], hostNetwork: true}"))).toEqual([
    1,
    'web: spec.template.spec.hostNetwork is true, and is not to be there; take it away',
  ]);
  expect(await drift(folder, (text) => text.replace('mode: fast', 'mode: fast, debug: loud'))).toEqual([
    1,
    'settings: data.debug is "loud", and is not to be there; take it away',
  ]);
  expect(await drift(folder, (text) => text.replace('team: web', 'team: ops'))).toEqual([
    1,
    'shop: metadata.labels.team is "ops"; set it to "web"',
  ]);
});

test('given a resource that is gone, then its namespace says so', async () => {
  const { folder } = await captured('--namespace', 'shop');
  expect(await drift(folder, (text) => text.replace('name: settings', 'name: other'))).toEqual([
    1,
    'shop: ConfigMap settings is gone in namespace shop. Put it back, or take it out of the captured state',
  ]);
});

test('given a type, then that alone, on standard output', async () => {
  const { code, stdout } = await captured('--type', 'deploy', '--out', '-');
  expect(code).toBe(0);
  expect(stdout.match(/name: captured\S*/g)).toEqual([
    'name: captured-shop-deployment-web',
    'name: captured-shop-present',
  ]);
});

test.each([
  [[], 2, 'PLM1001: guardrails capture needs --namespace NAME or --type TYPE'],
  [['--type', 'podz'], 2, 'PLM1005: There is no type podz'],
  [['--namespace', 'none'], 3, 'There is nothing to capture in shop.yaml.'],
  [['--namespace', 'shop', '--where', 'naem == 1'], 2, 'PLM1006'],
])('given %j, then exit %i and why', async (line, code, said) => {
  expect(await captured(...line)).toMatchObject({ code, stderr: expect.stringContaining(said) });
});
