import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { type RunningUp, startUp } from '../running-up.fixture.ts';

const guardrail = `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: never}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: 'false', message: never}]
`;
const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: []}\n`;
let at: Awaited<ReturnType<typeof folderOf>>;
let server: RunningUp | null = null;

beforeEach(async () => {
  at = await folderOf({ 'g.yaml': guardrail, 'pods/pod.yaml': pod });
});
afterEach(async () => {
  await server?.end();
  server = null;
  await at.remove();
});

const run = async (...line: string[]) => await runCli(at.folder, line);
const because = ['--reason', 'agreed'];

test('given guardrails and a scope, then a file of the name, which scan waives by, and which is not overwritten', async () => {
  const add = ['waivers', 'add', 'shop', '--guardrail', 'nev*', '--namespace', 'shop', ...because];
  const more = ['--owner', 'ada', '--ticket', 'T-1', '--selector', '!legacy', '--expires', '2999-01-01'];
  expect(await run(...add, ...more)).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('shop.yaml'),
  });
  const scan = ['scan', 'pods', '--guardrails', 'g.yaml', '--guardrails', 'shop.yaml', '-o', 'json'];
  const scanned = await run(...scan);
  expect({ code: scanned.code, ...JSON.parse(scanned.stdout) }).toMatchObject({
    code: 0,
    problems: [],
    verdicts: [{ outcome: 'waived', reason: 'agreed (waiver shop, ada, until 2999-01-01T00:00:00.000Z)' }],
  });
  const text = await readFile(join(at.folder, 'shop.yaml'), 'utf8');
  expect(await run(...add)).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1124 shop.yaml') });
  expect(await readFile(join(at.folder, 'shop.yaml'), 'utf8')).toBe(text);
});

test.each([
  [['--guardrail', 'x'], 'PLM1002: waivers add needs --reason'],
  [because, 'names nothing that it waives'],
  [['--guardrail', 'x', '--where', 'objct', ...because], "undeclared reference to 'objct'"],
  [['--guardrail', 'x', '--selector', 'a in b', ...because], 'PLM1002: --selector a in b: "a in b" is none of'],
  [['--guardrail', 'x', '--expires', 'soon', ...because], 'spec.expires'],
  [['--guardrail', 'x', '--apply', ...because], 'PLM1012'],
])('given %j, then exit 2 and why', async (line, said) => {
  expect(await run('waivers', 'add', 'w', ...line)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
});

test('given a running server, then it takes a waiver, lists and checks it, and ends it; the store says so afterwards', async () => {
  server = await startUp(at.folder, ['pods', '--guardrails', 'g.yaml']);
  const found = JSON.parse((await run('findings', '-o', 'json')).stdout) as { items: { id: string }[] };
  const [finding] = found.items;
  const add = ['waivers', 'add', 'w', '--finding', finding?.id.slice(0, 8) ?? '', ...because];
  expect(await run(...add, '--apply', '--expires', '3d')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('In force: w covers 1 of 1 findings.'),
  });
  expect(await run(...add, '--apply')).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1324') });
  expect((await run('waivers', 'list')).stdout).toMatch(/^w +expires soon +1 of 1 .* api +agreed$/m);
  expect(await run('findings')).toMatchObject({ code: 0 });
  expect(await run('waivers', 'check')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('PLM1320: waiver w expires at'),
  });
  expect(await run('waivers', 'add', 'idle', '--guardrail', 'nver', ...because, '--apply')).toMatchObject({ code: 0 });
  expect(await run('waivers', 'check')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^idle +matches nothing +0 of 0/m),
    stderr: expect.stringContaining('did you mean never?'),
  });
  expect(await run('waivers', 'end', 'idle')).toMatchObject({ code: 0 });
  expect(await run('waivers', 'end', 'idle')).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1005') });
  await server.end();
  server = null;
  expect((await run('waivers', 'list', '-o', 'json')).stdout).toContain('"name": "w"');
  expect(await run('waivers', 'end', 'w')).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1016') });
});
