import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli, type CliRun } from '../run-cli.fixture.ts';

const guardrail = (...expressions: readonly string[]) => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: held}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: ${JSON.stringify(expressions.map((expression) => ({ expression })))}
`;
const noHost = '!object.spec.?hostNetwork.orValue(false)';
const noPid = '!object.spec.?hostPID.orValue(false)';
const pod = (name: string, spec: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec });
const bad = pod('bad', { hostNetwork: true });
const line = ['scan', 'pods', '--guardrails', 'g.yaml'];

let removals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of removals) await remove();
  removals = [];
});

async function scan(files: Readonly<Record<string, string>>, more: readonly string[]): Promise<CliRun> {
  const { folder, remove } = await folderOf(files);
  removals.push(remove);
  return await runCli(folder, [...line, ...more]);
}

/** A scan against the report of an earlier one of other files. */
async function since(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>) {
  const { stdout } = await scan(before, ['-o', 'json']);
  const {
    code,
    stdout: printed,
    stderr,
  } = await scan({ ...now, 'base.json': stdout }, ['--baseline', 'base.json', '-o', 'jsonl']);
  const lines = printed.trim().split('\n').filter(Boolean);
  const names = lines.map((text) => (JSON.parse(text) as { resource: { name: string } }).resource.name);
  return { code, names, last: stderr.trim().split('\n').at(-1) };
}

test('given the same findings, wherever they stand now, then none is shown, and exit 0', async () => {
  const before = { 'g.yaml': guardrail(noHost), 'pods/a.json': bad };
  const now = { 'g.yaml': guardrail(noHost), 'pods/b.json': `\n\n${bad}` };
  expect(await since(before, now)).toEqual({
    code: 0,
    names: [],
    last: 'The baseline has 1 of these already; 0 of its own are gone.',
  });
});

test('given a new finding beside them, then it alone is shown, and exit 1', async () => {
  const before = { 'g.yaml': guardrail(noHost), 'pods/a.json': bad };
  const now = { ...before, 'pods/b.json': pod('worse', { hostNetwork: true }) };
  expect(await since(before, now)).toMatchObject({ code: 1, names: ['worse'] });
});

test('given another validation that is false of the same resource, then it is new; one put before is not', async () => {
  const before = { 'g.yaml': guardrail(noHost), 'pods/a.json': bad };
  const both = { 'g.yaml': guardrail(noPid, noHost), 'pods/a.json': pod('bad', { hostNetwork: true, hostPID: true }) };
  expect(await since(before, both)).toMatchObject({ code: 1, names: ['bad'] });
  expect(await since(before, { ...both, 'pods/a.json': bad })).toMatchObject({ code: 0, names: [] });
});

test('given that a finding is gone, then it is counted', async () => {
  const before = { 'g.yaml': guardrail(noHost), 'pods/a.json': bad };
  const now = { ...before, 'pods/a.json': pod('bad', {}) };
  expect(await since(before, now)).toMatchObject({
    code: 0,
    last: 'The baseline has 0 of these already; 1 of its own are gone.',
  });
});

test('given an error where there was a violation, then it is new', async () => {
  const before = { 'g.yaml': guardrail(noHost), 'pods/a.json': bad };
  const now = { 'g.yaml': guardrail('object.spec.nope == 1'), 'pods/a.json': bad };
  expect(await since(before, now)).toMatchObject({ code: 3, names: ['bad'] });
});

test.each([
  ['none.json', undefined, 'PLM1015 none.json: The baseline cannot be read: ENOENT'],
  ['base.json', '{"kind": "List"}', 'PLM1015 base.json: This is no ScanReport of scan -o json.'],
  ['base.json', 'no json', 'PLM1015 base.json: This is no ScanReport of scan -o json.'],
])('given %s with %j, then exit 2 and why', async (name, text, said) => {
  const files = { 'g.yaml': guardrail(noHost), 'pods/a.json': bad, ...(text === undefined ? {} : { [name]: text }) };
  expect(await scan(files, ['--baseline', name])).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
});
