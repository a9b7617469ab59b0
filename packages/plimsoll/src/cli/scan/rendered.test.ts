import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** What `helm template shop ./shop` writes. */
const helm = `---
# Source: shop/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
---
# Source: shop/charts/db/templates/pod.yaml
# a comment of the template's own
apiVersion: v1
kind: Pod
metadata:
  name: db
spec:
  hostNetwork: true
  containers: [{ name: db, image: 'db:1' }]
`;

/** What `kubectl kustomize` writes with \`buildMetadata: [originAnnotations]\`. */
const kustomize = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: base/pod.yaml
  name: db
spec:
  hostNetwork: true
  containers: [{ name: db, image: 'db:1' }]
`;

async function scanned(input: string, ...line: readonly string[]) {
  const { folder, remove } = await folderOf({ 'rendered.yaml': input });
  ends.push(remove);
  const { code, stdout, stderr } = await runCli(folder, ['scan', ...line, '-o', 'json'], input);
  const { verdicts } = JSON.parse(stdout) as { verdicts: readonly { resource: { file: string; line: number } }[] };
  return { code, stderr, places: verdicts.map(({ resource: { file, line } }) => `${file}:${line}`) };
}

test('given what Helm writes, then a finding is at the template that it says', async () => {
  expect(await scanned(helm, '-')).toMatchObject({ code: 1, places: ['shop/charts/db/templates/pod.yaml:1'] });
});

test('given what Kustomize writes with origins, then a finding is at the file that it says', async () => {
  expect(await scanned(kustomize, '-')).toMatchObject({ code: 1, places: ['base/pod.yaml:1'] });
});

test('given neither, then at its line of standard input', async () => {
  const plain = kustomize.replace(/ {2}annotations:\n.*\n.*\n/, '');
  expect(await scanned(`# Nothing\n${plain}`, '-')).toMatchObject({ code: 1, places: ['-:2'] });
});

test('given a file that was rendered, then at its own line, where it can be looked at', async () => {
  expect(await scanned(helm, 'rendered.yaml')).toMatchObject({ code: 1, places: ['rendered.yaml:10'] });
});

test('given a comment in the document, and none before it, then that is none of Helm’s', async () => {
  const inside = `apiVersion: v1\n# Source: other.yaml\n${kustomize.slice('apiVersion: v1\n'.length)}`;
  expect(await scanned(inside.replace(/ {2}annotations:\n.*\n.*\n/, ''), '-')).toMatchObject({ places: ['-:1'] });
});

test('given a template that renders to no YAML, then the problem names it', async () => {
  const { code, stderr } = await scanned(`${helm}---\n# Source: shop/templates/broken.yaml\na: [\n`, '-');
  expect(code).toBe(1);
  expect(stderr).toContain('(rendered from shop/templates/broken.yaml)');
});
