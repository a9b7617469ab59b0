import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from '../../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const pod = (name: string, namespace = 'shop', image = 'a:1') => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace} }
spec: { containers: [{ name: ${name}, image: '${image}' }] }
`;
const guardrail = (name: string, more = '', expression = 'false') => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: { name: ${name} }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
${more}  validations: [{ expression: '${expression}', message: never }]
`;
const namespace = (name: string, tier: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { tier: ${tier} } }\n`;

type Files = Readonly<Record<string, string>>;

function git(folder: string, ...words: readonly string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'protocol.file.allow=always'];
  execFileSync('git', ['-C', folder, ...who, ...words], { stdio: 'ignore' });
}

/** A repository with these files committed and tagged `then`. */
async function repository(files: Files): Promise<string> {
  const { folder, remove } = await folderOf(files);
  ends.push(remove);
  git(folder, 'init', '-q');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'then');
  git(folder, 'tag', 'then');
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function scanned(folder: string, ...line: readonly string[]) {
  const words = ['scan', 'm', '--guardrails', 'g', '--changed-since', 'then', '-o', 'json', ...line];
  const { code, stdout, stderr } = await runCli(folder, words);
  if (stdout === '') return { code, found: [], stderr };
  const { verdicts } = JSON.parse(stdout) as {
    verdicts: readonly { guardrail: string; resource: { name: string } }[];
  };
  return { code, found: verdicts.map((one) => `${one.guardrail} ${one.resource.name}`).toSorted(), stderr };
}

const two = { 'm/a.yaml': pod('a'), 'm/b.yaml': pod('b'), 'g/never.yaml': guardrail('never') };

describe('scan --changed-since', () => {
  test('given no change, then nothing is judged, and that is said', async () => {
    const { code, found, stderr } = await scanned(await repository(two));
    expect({ code, found }).toEqual({ code: 0, found: [] });
    expect(stderr).toContain('Judged 0 resources');
    expect(stderr).toContain('Not judged, since no change touches them: 2 resources.');
  });

  test('given one changed document of a file, then that one alone', async () => {
    const folder = await repository({ ...two, 'm/c.yaml': `${pod('c')}---\n${pod('d')}` });
    write(folder, { 'm/c.yaml': `# moved\n${pod('c')}---\n${pod('d', 'shop', 'a:2')}` });
    expect(await scanned(folder)).toMatchObject({ code: 1, found: ['never d'] });
  });

  test('given what was committed, staged, not added and ignored since, then all of it', async () => {
    const folder = await repository({ ...two, '.gitignore': 'ignored.yaml\n' });
    write(folder, { 'm/a.yaml': pod('a', 'shop', 'a:2') });
    git(folder, 'commit', '-qam', 'now');
    write(folder, { 'm/staged.yaml': pod('staged'), 'm/new.yaml': pod('new'), 'm/deep/ignored.yaml': pod('ignored') });
    git(folder, 'add', 'm/staged.yaml');
    expect(await scanned(folder)).toMatchObject({
      code: 1,
      found: ['never a', 'never ignored', 'never new', 'never staged'],
    });
  });

  test('given a resource that moved to another file, then it is not touched', async () => {
    const folder = await repository(two);
    git(folder, 'mv', 'm/a.yaml', 'm/z.yaml');
    expect(await scanned(folder)).toMatchObject({ code: 0, found: [] });
  });

  test('given a changed guardrail, then everything by that one', async () => {
    const folder = await repository({ ...two, 'g/other.yaml': guardrail('other') });
    write(folder, { 'g/other.yaml': guardrail('other', '  severity: critical\n') });
    expect(await scanned(folder)).toMatchObject({ code: 1, found: ['other a', 'other b'] });
  });

  test('given a namespace whose labels changed, then what is in it, by what selects namespaces', async () => {
    const selecting = '    namespaceSelector: { matchLabels: { tier: web } }\n';
    const folder = await repository({
      'm/n.yaml': namespace('shop', 'db'),
      'm/a.yaml': pod('a'),
      'm/b.yaml': pod('b', 'other'),
      'g/never.yaml': guardrail('never'),
      'g/web.yaml': guardrail('web', selecting),
    });
    write(folder, { 'm/n.yaml': namespace('shop', 'web') });
    expect(await scanned(folder)).toMatchObject({ code: 1, found: ['web a'] });
  });

  test('given a changed param, then everything that its guardrail judges with it', async () => {
    const param = (max: number) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: limits, namespace: shop }\ndata: { max: '${max}' }\n`;
    const folder = await repository({
      ...two,
      'g/max.yaml': guardrail('max', '  paramKind: { apiVersion: v1, kind: ConfigMap }\n', 'params == null'),
      'g/bound.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: bound }
spec:
  policyName: max
  validationActions: [Deny]
  paramRef: { name: limits, namespace: shop, parameterNotFoundAction: Deny }
`,
      'm/limits.yaml': param(1),
    });
    write(folder, { 'm/limits.yaml': param(2) });
    expect(await scanned(folder)).toMatchObject({ code: 1, found: ['max a', 'max b'] });
  });

  test('given a waiver that is gone, then everything, and why is said', async () => {
    const waiver = `apiVersion: plimsoll.dev/v1
kind: Waiver
metadata: { name: once }
spec: { guardrails: [never], reason: for a while }
`;
    const folder = await repository({ ...two, 'g/waiver.yaml': waiver });
    rmSync(join(folder, 'g/waiver.yaml'));
    const { code, found, stderr } = await scanned(folder);
    expect({ code, found }).toEqual({ code: 1, found: ['never a', 'never b'] });
    expect(stderr).toContain('Everything was judged: Waiver once changed since then.');
  });

  test('given a document that cannot be read, then it could not be told, whether it changed or not', async () => {
    const folder = await repository({ ...two, 'm/broken.yaml': 'a: [' });
    expect(await scanned(folder)).toMatchObject({ code: 3, found: [] });
  });

  test('given guardrails of another repository, then they are taken as unchanged', async () => {
    const folder = await repository({ 'm/a.yaml': pod('a') });
    const other = await repository({ 'never.yaml': guardrail('never') });
    write(folder, { 'm/b.yaml': pod('b') });
    const line = ['scan', 'm', '--guardrails', other, '--changed-since', 'then'];
    expect(await runCli(folder, line)).toMatchObject({
      code: 1,
      stdout: expect.not.stringContaining('shop/a'),
      stderr: expect.stringContaining(`${other} is in another repository, and taken as unchanged.`),
    });
  });
});

describe('scan --changed-since that cannot tell', () => {
  test('given no repository, then PLM1019', async () => {
    const { folder, remove } = await folderOf(two);
    ends.push(remove);
    expect(await scanned(folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1019: m is in no git'),
    });
  });

  test('given a commit that is not there, or what looks like a flag, then PLM1017', async () => {
    const folder = await repository(two);
    const no = await runCli(folder, ['scan', 'm', '--changed-since', 'nowhere']);
    const flag = await runCli(folder, ['scan', 'm', '--changed-since=--output=x']);
    expect(no).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1017: There is no commit "nowhere"') });
    expect(flag).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1017') });
  });

  test('given a shallow clone, then PLM1018, with the way to mend it', async () => {
    const folder = await repository(two);
    write(folder, { 'm/a.yaml': pod('a', 'shop', 'a:2') });
    git(folder, 'commit', '-qam', 'now');
    const clone = await folderOf({});
    ends.push(clone.remove);
    git(clone.folder, 'clone', '-q', '--depth', '1', '--no-tags', `file://${folder}`, 'clone');
    const { code, stderr } = await scanned(join(clone.folder, 'clone'));
    expect(code).toBe(2);
    expect(stderr).toContain('PLM1018');
    expect(stderr).toContain('fetch-depth: 0');
  });

  test.each(['-', 'kube:prod'])('given the target %s, which no commit holds, then PLM1002', async (target) => {
    const folder = await repository(two);
    const { code, stderr } = await runCli(folder, ['scan', target, '--changed-since', 'then']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1002') });
  });
});
