import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Explanation } from '../../server/schemas.ts';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { type RunningUp, startUp } from '../running-up.fixture.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: nginx
        - name: proxy
          image: envoy
          securityContext:
            privileged: true
`;
const guardrail = `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: digests}
spec:
  appliesTo: podTemplates
  frameworks: {cis: ['5.5.1']}
  validations: [{expression: "object.spec.containers.all(c, c.image.contains('@sha256:'))", message: by digest}]
---
apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: jobs}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs]}]
  validations: [{expression: 'true'}]
---
apiVersion: plimsoll.dev/v1
kind: Waiver
metadata: {name: bank}
spec: {guardrails: ['*'], namespaces: [bank], reason: because}
`;
let at: Awaited<ReturnType<typeof folderOf>>;
let server: RunningUp;

beforeEach(async () => {
  at = await folderOf({ 'g.yaml': guardrail, 'm/web.yaml': deployment });
  server = await startUp(at.folder, ['m', '--guardrails', 'g.yaml', '--guardrails', 'builtin:pod-security-baseline']);
});
afterEach(async () => {
  await server.end();
  await at.remove();
});

const run = async (...line: string[]) => await runCli(at.folder, line);

async function idOf(name: string): Promise<string> {
  const { items } = JSON.parse((await run('findings', '--where', `guardrail == '${name}'`, '-o', 'json')).stdout) as {
    items: { id: string }[];
  };
  return items[0]?.id ?? '';
}

test('given a finding that an edit mends, then the edit, its place, and all that did not apply', async () => {
  const id = await idOf('pod-security-privileged');
  const explained = JSON.parse((await run('explain', id, '-o', 'json')).stdout) as Explanation;
  const path = 'spec.template.spec.containers[1].securityContext.privileged';
  expect(explained).toMatchObject({
    places: [{ path, container: 'proxy', line: 15, column: 25 }],
    fix: {
      patch: [{ op: 'replace', path: '/spec/template/spec/containers/1/securityContext/privileged', value: false }],
      edits: [{ operation: 'replace', path, container: 'proxy', from: true, to: false }],
    },
    others: { guardrail: 0, resource: 1 },
    waivers: expect.arrayContaining([{ waiver: 'bank', reason: 'it is for other namespaces: bank' }]),
    notApplied: expect.arrayContaining([
      { guardrail: 'jobs', binding: null, reason: 'no rule is about apps/deployments' },
    ]),
  });
  const { stdout } = await run('explain', id);
  expect(stdout).toContain(`at ${path}, container proxy (m/web.yaml:15:25)`);
  expect(stdout).toContain(`  ~ ${path}, container proxy: true → false\n`);
  expect(stdout).toContain('JSON Patch: [{"op":"replace"');
  expect(stdout).toMatch(/^ {2}Since 20\S+Z\.\n {2}0 more of this guardrail; 1 of others at this resource\.$/m);
  expect(stdout).toContain('  jobs: no rule is about apps/deployments\n');
});

test('given one that needs a value that nobody but its owner knows, then that none was found', async () => {
  const { stdout } = await run('explain', await idOf('digests'));
  expect(stdout).toContain('The smallest edit\n  None was found that makes it hold');
  expect(stdout).toContain('container app (m/web.yaml:11:18)');
  expect(stdout).toContain('  cis 5.5.1\n');
  expect(stdout).toContain('  0 more of this guardrail; 1 of others at this resource.\n');
});
