import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FindingItem } from '../server/schemas.ts';
import { folderOf, runCli } from './run-cli.fixture.ts';
import { startUp } from './running-up.fixture.ts';

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: "x:latest"}]}\n';
const noLatest = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-latest}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "!object.spec.containers.exists(c, c.image.endsWith(':latest'))"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-latest}
spec: {policyName: no-latest, validationActions: [Deny]}
`;
const upLine = ['m', '--store', 't.db', '--guardrails', 'g', '--guardrails', 'builtin:pod-security-restricted'];

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ folder, remove } = await folderOf({ 'm/p.yaml': pod, 'g/no-latest.yaml': noLatest, 'elsewhere/x': '' }));
});
afterEach(async () => await remove());

/** The open findings, as `ID GUARDRAIL OPENED`, once the guardrail of the folder's own is among them. */
async function openFindings(): Promise<readonly string[]> {
  return await vi.waitFor(
    async () => {
      const { stdout } = await runCli(folder, ['findings', '--store', 't.db', '-o', 'json']);
      const items = (JSON.parse(stdout) as { items: FindingItem[] }).items;
      expect(items.map(({ guardrail }) => guardrail)).toContain('no-latest');
      return items.map(({ id, guardrail, openedAt, seq }) => `${id} ${guardrail} ${openedAt} ${seq}`);
    },
    { timeout: 15_000, interval: 200 },
  );
}

test('given a store and no server, then commands that read leave it byte for byte, and its findings stay open through them and the next up', async () => {
  const first = await startUp(folder, upLine);
  const found = await openFindings();
  await first.end();
  const before = await readFile(join(folder, 't.db'));
  expect(await openFindings()).toEqual(found);
  const [id = ''] = found[0]?.split(' ') ?? [];
  const store = ['--store', '../t.db'];
  const elsewhere = join(folder, 'elsewhere');
  expect(await runCli(elsewhere, ['ls', 'pods', ...store])).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^No server is running: what follows is what it knew at 2\S+Z, and nothing of it/),
  });
  expect(await runCli(elsewhere, ['get', 'files/core/pods/shop/web', ...store])).toMatchObject({ code: 0 });
  expect(await runCli(elsewhere, ['sources', ...store])).toMatchObject({ stdout: expect.stringContaining('files') });
  const explained = await runCli(elsewhere, ['explain', id, ...store]);
  expect(explained.stdout).toContain('Evaluated');
  const list = await runCli(elsewhere, ['guardrails', 'list', ...store]);
  expect(list.stdout).toMatch(/no-latest [^]*pod-security-run-as-non-root/);
  const others = ['--guardrails', 'builtin:pod-security-baseline'];
  const baseline = await runCli(elsewhere, ['guardrails', 'list', ...others, ...store]);
  expect(baseline.stdout).not.toContain('no-latest');
  expect((await readFile(join(folder, 't.db'))).equals(before)).toBe(true);

  const second = await startUp(folder, upLine);
  expect(await openFindings()).toEqual(found);
  await second.end();
  expect(await openFindings()).toEqual(found);
}, 60_000);

test('given guardrails that are gone since, then it is said, and their findings are shown all the same', async () => {
  const running = await startUp(folder, upLine);
  const found = await openFindings();
  await running.end();
  await rm(join(folder, 'g'), { recursive: true });
  expect(await openFindings()).toEqual(found);
  const run = await runCli(folder, ['findings', '--store', 't.db']);
  expect(run.stderr).toContain(`The guardrails of ${join(folder, 'g')} are not there any more`);
}, 60_000);
