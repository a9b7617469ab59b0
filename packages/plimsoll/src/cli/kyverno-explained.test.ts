import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FindingItem } from '../server/schemas.ts';
import { folderOf, runCli } from './run-cli.fixture.ts';
import { startUp } from './running-up.fixture.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {hostNetwork: true}}}
`;
const policy = `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: hosts}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "object.spec.hostNetwork == false", message: shares the network}]
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: rules}
spec:
  rules:
    - name: first
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {cel: {expressions: [{expression: "has(object.spec)"}]}}
    - name: second
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {cel: {expressions: [{expression: "object.spec.hostNetwork == false", message: second fails}]}}
`;

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ folder, remove } = await folderOf({ 'm/d.yaml': deployment, 'g/hosts.yaml': policy }));
});
afterEach(async () => await remove());

async function openFindings(): Promise<readonly FindingItem[]> {
  return await vi.waitFor(
    async () => {
      const { stdout } = await runCli(folder, ['findings', '--store', 't.db', '-o', 'json']);
      const { items } = JSON.parse(stdout) as { items: FindingItem[] };
      expect(items).toHaveLength(2);
      return items;
    },
    { timeout: 15_000, interval: 200 },
  );
}

test("given findings of Kyverno's policies on a controller, then each is explained by what autogen made for it", async () => {
  const running = await startUp(folder, ['m', '--store', 't.db', '--guardrails', 'g']);
  const found = await openFindings();
  await running.end();
  const explained = await Promise.all(
    found.map(async ({ id }) => (await runCli(folder, ['explain', id, '--store', 't.db'])).stdout),
  );
  expect(found.map(({ guardrail, rule }) => `${guardrail} ${rule}`).toSorted()).toEqual([
    'hosts null',
    'rules autogen-second',
  ]);
  for (const text of explained) expect(text).toContain('object.spec.template.spec.hostNetwork');
}, 60_000);
