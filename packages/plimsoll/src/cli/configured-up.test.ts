import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { loopbackCertificate, sharedTestCluster } from '@plimsoll/testcluster';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from './run-cli.fixture.ts';
import { startUp, type RunningUp } from './running-up.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const made = await folderOf(files);
  ends.push(made.remove);
  return made.folder;
}

async function up(where: string, line: readonly string[] = []): Promise<RunningUp> {
  const running = await startUp(where, line);
  ends.push(running.end);
  return running;
}

/** Waits for a line that `up` says from now on. */
async function saying({ said }: RunningUp, words: string, act: () => Promise<unknown>): Promise<string> {
  const before = said().length;
  await act();
  for (let asked = 0; asked < 300; asked += 1) {
    const line = said()
      .slice(before)
      .split('\n')
      .find((one) => one.includes(words));
    if (line !== undefined) return line;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it never said ${words}: ${said().slice(before)}`);
}

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {containers: [{name: app, image: x, securityContext: {privileged: true}}]}\n`;
const guardrail = (name: string, expression: string) =>
  `apiVersion: plimsoll.dev/v1\nkind: Guardrail\nmetadata: {name: ${name}}\nspec: {title: t, severity: low, appliesTo: podTemplates, validations: [{expression: "${expression}", message: m}]}\n`;
const one = 'sources:\n  - files: {name: first, path: ./m}\n';
const two = `${one}  - files: {name: second, path: ./n}\n`;

/** The sources and their rows, as `sources` tells them. */
async function rows(where: string): Promise<readonly string[]> {
  const { stdout } = await runCli(where, ['sources', '-o', 'json']);
  const { items } = JSON.parse(stdout) as { items: { name: string; coverage: { state: string }[] }[] };
  return items.map(({ name, coverage }) => `${name} ${[...new Set(coverage.map(({ state }) => state))].join()}`);
}

describe('up with a configuration', () => {
  test('given plimsoll.yaml in the working folder, then it decides, says so, and flags and variables outrank it', async () => {
    const where = await folder({
      'm/p.yaml': pod('a'),
      'n/q.yaml': pod('b'),
      'plimsoll.yaml': `${two}store: ./s.db\n`,
    });
    const running = await up(where);
    expect(running.said()).toMatch(/^Configuration plimsoll\.yaml\.\nWatching first, second;.*store \S+s\.db\./);
    expect(await runCli(where, ['findings'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Configuration plimsoll\.yaml\.\n2 findings/),
    });
    await running.end();
    const other = await up(where, ['m', '--store', 't.db']);
    expect(other.said()).toMatch(/Watching files;.*store \S+t\.db\./);
  });

  test('given a file that is wrong, or away, then nothing starts, and all faults are told: exit 2', async () => {
    const where = await folder({ 'plimsoll.yaml': 'guardrail: []\nstore: 3\n', 'm/p.yaml': pod('a') });
    const stderr = expect.stringMatching(
      /^PLM1103 plimsoll\.yaml:1:1: guardrail: unknown key; did you mean guardrails\?\n.*\nPLM1104 plimsoll\.yaml:2:8: /,
    );
    for (const line of [['up'], ['findings'], ['scan', 'm']])
      expect(await runCli(where, line)).toMatchObject({ code: 2, stdout: '', stderr });
    expect(await runCli(where, ['version'])).toMatchObject({ code: 0 });
    expect(await runCli(where, ['up', '--config', 'none.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PLM1101 none\.yaml: /),
    });
  });

  test('given sources that cannot be opened together, then the entry is named: exit 2', async () => {
    const where = await folder({
      'm/p.yaml': pod('a'),
      kc: 'apiVersion: v1\nkind: Config\ncontexts: []\n',
      'same.yaml': `${one}  - files: {name: first, path: m}\n`,
      'gone.yaml': `${one}  - files: {name: second, path: ./gone}\n`,
      'context.yaml': 'kubeconfig: kc\nsources:\n  - kubernetes: {context: prod}\n',
    });
    const refused = async (file: string) =>
      (await runCli(where, ['up', '--config', file, '--listen', '127.0.0.1:0'])).stderr.split('\n')[0];
    expect(await refused('same.yaml')).toMatch(/^PLM1105 same\.yaml:3:5: There are two sources named first\./);
    expect(await refused('gone.yaml')).toMatch(/^PLM1207 gone\.yaml:3:5: cannot read gone: ENOENT/);
    expect(await refused('context.yaml')).toMatch(/^PLM1402 context\.yaml:3:5: no context named "prod"/);
  });

  test('given scan, then its guardrails are those of the file, and --guardrails outranks them; guardrails list lists what the server has', async () => {
    const where = await folder({
      'm/p.yaml': pod('a'),
      'g/g.yaml': guardrail('never', 'false'),
      'plimsoll.yaml': 'guardrails: [./g]\n',
    });
    const scan = async (...more: string[]) => (await runCli(where, ['scan', 'm', '--fail-on', 'none', ...more])).stdout;
    expect(await scan()).toContain('never');
    expect(await scan('--guardrails', 'builtin:pod-security-baseline')).not.toContain('never');
    expect(await runCli(where, ['guardrails', 'list'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1012'),
    });
  });
});

describe('a configuration that changes', () => {
  test('given sources that come and go, then what did not change goes on, and what went is stale', async () => {
    const where = await folder({ 'm/p.yaml': pod('a'), 'n/q.yaml': pod('b'), 'plimsoll.yaml': one });
    const running = await up(where);
    const write = async (text: string) => await writeFile(join(where, 'plimsoll.yaml'), text);
    expect(await saying(running, 'Taken over', async () => await write(two))).toBe(
      'Taken over from plimsoll.yaml: watching second.',
    );
    await expect.poll(async () => await rows(where), { timeout: 20_000 }).toEqual(['first live', 'second live']);
    const after = await saying(running, 'Taken over', async () => await write(two.replace(one, 'sources:\n')));
    expect(after).toBe('Taken over from plimsoll.yaml: no longer watching first.');
    await expect.poll(async () => await rows(where), { timeout: 20_000 }).toEqual(['first stale', 'second live']);
    expect((await runCli(where, ['findings', '-o', 'json'])).stdout).toContain('"name": "a"');
  }, 90_000);

  test('given a source that is taken out, then what was wrong with it is over, and one that never held anything is forgotten', async () => {
    const where = await folder({
      'm/p.yaml': pod('a'),
      'n/q.yaml': pod('b'),
      'n/bad.yaml': 'kind: [',
      kc: JSON.stringify({
        'current-context': 'dead',
        contexts: [{ name: 'dead', context: { cluster: 'dead', user: 'u' } }],
        clusters: [{ name: 'dead', cluster: { server: 'http://127.0.0.1:9' } }],
        users: [{ name: 'u', user: {} }],
      }),
      'plimsoll.yaml': `${two}  - kubernetes: {name: dead, kubeconfig: kc}\n`,
    });
    const running = await up(where);
    await expect
      .poll(async () => await rows(where), { timeout: 20_000 })
      .toEqual(['dead down', 'first live', 'second live']);
    expect((await runCli(where, ['sources'])).stderr).toContain('PLM1201');
    await saying(running, 'Taken over', async () => await writeFile(join(where, 'plimsoll.yaml'), one));
    await expect.poll(async () => await rows(where), { timeout: 20_000 }).toEqual(['first live', 'second stale']);
    expect((await runCli(where, ['sources'])).stderr).not.toContain('PLM1201');
  }, 90_000);

  test('given one that is wrong, then all of it stays as it was, sources says so and /readyz does not mind; mended, it is taken over', async () => {
    const where = await folder({ 'm/p.yaml': pod('a'), 'n/q.yaml': pod('b'), 'c.yaml': one });
    const running = await up(where, ['--config', 'c.yaml']);
    const write = async (text: string) => await writeFile(join(where, 'c.yaml'), text);
    // Of the two things that changed the one is good.
    await saying(running, 'PLM1106', async () => await write(`${two}guardrails: [builtin:none]\n`));
    expect(running.said()).toContain('PLM1311');
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    expect(await rows(where)).toEqual(['first live']);
    expect(await runCli(where, ['sources'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/PLM1311[^]*PLM1106 c\.yaml: The configuration changed and is not taken over/),
    });
    await saying(running, 'PLM1104 c.yaml:1:1', async () => await write(''));
    await saying(running, 'PLM1111 c.yaml:3:8', async () => await write(`${one}store: other.db\n`));
    await saying(running, 'PLM1103', async () => await write(`${one}stoer: other.db\n`));
    await saying(running, 'PLM1101', async () => await rm(join(where, 'c.yaml')));
    await saying(running, 'Taken over', async () => await write(two));
    await expect.poll(async () => await rows(where), { timeout: 20_000 }).toEqual(['first live', 'second live']);
    expect(await runCli(where, ['sources'])).toMatchObject({ code: 0 });
  }, 90_000);

  test('given a guardrail file that is edited, then it is judged by as it is now; one that does not compile leaves what was', async () => {
    const where = await folder({
      'm/p.yaml': pod('a'),
      'g/g.yaml': guardrail('one', 'false'),
      'plimsoll.yaml': `${one}guardrails: [./g]\n`,
    });
    const running = await up(where);
    const write = async (text: string) => {
      await writeFile(join(where, 'next'), text);
      await rename(join(where, 'next'), join(where, 'g/g.yaml'));
    };
    const open = async () => {
      const { stdout } = await runCli(where, ['findings', '-o', 'json']);
      return (JSON.parse(stdout) as { items: { guardrail: string }[] }).items.map((found) => found.guardrail);
    };
    await expect.poll(open, { timeout: 20_000 }).toEqual(['one']);
    expect(await saying(running, 'Taken over', async () => await write(guardrail('two', 'false')))).toBe(
      'Taken over from plimsoll.yaml: new guardrails two; guardrails gone one.',
    );
    await expect.poll(open, { timeout: 20_000 }).toEqual(['two']);
    await saying(running, 'PLM1106', async () => await write(guardrail('two', 'object.')));
    expect(await open()).toEqual(['two']);
    await saying(running, 'Taken over', async () => await write(guardrail('two', 'true')));
    await expect.poll(open, { timeout: 20_000 }).toEqual([]);
  }, 90_000);

  test('given SIGHUP, then all is read at once, and that nothing changed is said', async () => {
    const where = await folder({ 'm/p.yaml': pod('a'), 'plimsoll.yaml': one });
    const running = await up(where);
    const said = await saying(running, 'Taken over', async () => running.child.kill('SIGHUP'));
    expect(said).toBe('Taken over from plimsoll.yaml: nothing that is watched or judged by changed.');
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  });
});

describe('serving more than this machine', () => {
  const token = '0123456789abcdef0123456789abcdef';

  test('given no tokens, or a file of them that will not do, then it does not start: exit 2', async () => {
    const where = await folder({ 'm/p.yaml': pod('a'), open: `ci:${token}\n`, bad: 'ci:short\n', empty: '' });
    for (const file of ['bad', 'empty']) await chmod(join(where, file), 0o600);
    await chmod(join(where, 'open'), 0o644);
    const refused = async (...line: string[]) => {
      const { code, stderr } = await runCli(where, ['up', 'm', '--listen', '0.0.0.0:0', ...line]);
      return `${code} ${stderr.split('\n')[0]}`;
    };
    expect(await refused()).toMatch(/^2 PLM1010: --listen 0\.0\.0\.0:0 would serve more than this machine/);
    expect(await refused('--tokens', 'none')).toMatch(/^2 PLM1107 none: Cannot read none: ENOENT/);
    expect(await refused('--tokens', 'open')).toMatch(/^2 PLM1107 open: Everybody .* may read open \(mode 644\)/);
    expect(await refused('--tokens', 'bad')).toMatch(/^2 PLM1107 bad:1: the token of ci is shorter than 16/);
    expect(await refused('--tokens', 'empty')).toMatch(/^2 PLM1107 empty:1: there is no token/);
    expect(await refused('--tokens', 'bad', '--tls-cert', 'x')).toMatch(/^2 PLM1107 bad:1/);
    await writeFile(join(where, 'bad'), `ci:${token}\n`);
    expect(await refused('--tokens', 'bad', '--tls-cert', 'x')).toMatch(/^2 PLM1109: There must be both/);
    expect(await refused('--tokens', 'bad', '--names', 'http://x')).toMatch(/^2 PLM1002: --names http:\/\/x/);
  }, 60_000);

  test('given tokens, then commands are answered with one alone; the file is read again when it changes', async () => {
    const where = await folder({ 'm/p.yaml': pod('a'), tokens: `# ours\nci:${token}\n`, mine: `${token}\n` });
    await chmod(join(where, 'tokens'), 0o600);
    const running = await up(where, ['m', '--listen', '0.0.0.0:0', '--tokens', 'tokens']);
    expect(running.said()).toContain('Tokens travel in the clear');
    expect(running.said()).not.toContain(token);
    expect((await fetch(`${running.url}/v1/findings`)).status).toBe(401);
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    // Another address of this machine: a probe asks by the pod's.
    expect((await fetch(`http://127.0.0.2:${new URL(running.url).port}/readyz`)).status).toBe(200);
    const refused = { code: 2, stderr: expect.stringMatching(/^PLM1108: This server asks for a token\./) };
    expect(await runCli(where, ['findings'])).toMatchObject(refused);
    expect(await runCli(where, ['watch'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^PLM1108/) });
    for (const line of [
      ['--token-file', 'mine'],
      ['--token-file', 'tokens'],
    ])
      expect(await runCli(where, ['findings', ...line])).toMatchObject({ code: 1 });
    expect(await runCli(where, ['findings'], '', { PLIMSOLL_TOKEN: token })).toMatchObject({ code: 1 });
    expect(await runCli(where, ['findings', '--token-file', 'none'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PLM1107 none: Cannot read none/),
    });
    await saying(running, 'PLM1106', async () => await writeFile(join(where, 'tokens'), 'ci:short\n'));
    expect(await runCli(where, ['findings', '--token-file', 'mine'])).toMatchObject({ code: 1 });
    await saying(running, 'Taken over', async () => await writeFile(join(where, 'tokens'), `ci:${token}-next\n`));
    expect(await runCli(where, ['findings', '--token-file', 'mine'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PLM1108: The token is none of this server\./),
    });
    expect(await runCli(where, ['findings', '--token-file', 'tokens'])).toMatchObject({ code: 1 });
  }, 90_000);
});

describe('what up writes to standard error', () => {
  test('given --log-format json, then each line is a record with its level, problems have their code, and no secret is in it', async () => {
    const where = await folder({ 'm/p.yaml': pod('a'), 'plimsoll.yaml': `${one}log: {format: json, level: debug}\n` });
    const running = await startUp(where, [], {}, (said) => /"msg":"API (http:\S+)/.exec(said)?.[1]);
    ends.push(running.end);
    await fetch(`${running.url}/v1/findings?where=token`, { headers: { authorization: 'Bearer hunter2-hunter2' } });
    await saying(running, 'PLM1103', async () => await writeFile(join(where, 'plimsoll.yaml'), `${one}x: 1\n`));
    await running.end();
    const records = running
      .said()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'info', msg: 'Configuration plimsoll.yaml.' }),
        expect.objectContaining({ level: 'debug', msg: 'request', route: '/v1/findings', status: 400, holder: null }),
        expect.objectContaining({ level: 'error', code: 'PLM1103', file: 'plimsoll.yaml', line: 3, column: 1 }),
      ]),
    );
    expect(running.said()).not.toContain('hunter2');
  });

  test('given --log-level error, then only what is wrong is written; a start that fails is a record as well', async () => {
    const where = await folder({ 'm/p.yaml': pod('a') });
    const quiet = await runCli(where, [
      'up',
      'm',
      '--log-level',
      'error',
      '--listen',
      '0.0.0.0:1',
      '--log-format',
      'json',
    ]);
    expect(quiet).toMatchObject({ code: 2, stdout: '' });
    expect(JSON.parse(quiet.stderr)).toMatchObject({ level: 'error', code: 'PLM1010' });
  });
});

describe('serving by TLS', () => {
  /** The status and the serial number of the certificate that a server answers with. */
  async function answer(url: string, ca: readonly string[]): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const sent = request(`${url}/readyz`, { ca: [...ca], agent: false }, (response) => {
      const { socket } = response;
      response.resume();
      resolve(
        `${response.statusCode} ${'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate().serialNumber : ''}`,
      );
    });
    sent.on('error', reject).end();
    return await promise;
  }

  test('given a certificate and its key, then it is served by TLS, and a new one is taken over while it runs; files that do not fit are refused', async () => {
    const [first, second] = [loopbackCertificate(Date.now()), loopbackCertificate(Date.now())];
    const where = await folder({
      'm/p.yaml': pod('a'),
      'c.pem': first.certificate,
      'k.pem': first.key,
      'plimsoll.yaml': `${one}server: {tls: {cert: c.pem, key: k.pem}}\n`,
    });
    const refused = await runCli(where, ['up', '--listen', '127.0.0.1:0']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/PLM1109 k\.pem: Everybody on this machine/),
    });
    await chmod(join(where, 'k.pem'), 0o600);
    const running = await up(where);
    expect(running.url).toMatch(/^https:/);
    const ca = [first.certificate, second.certificate];
    const before = await answer(running.url, ca);
    expect(before).toMatch(/^200 /);
    expect(await runCli(where, ['findings'], '', { NODE_EXTRA_CA_CERTS: join(where, 'c.pem') })).toMatchObject({
      code: 1,
    });
    await saying(running, 'PLM1109', async () => await writeFile(join(where, 'c.pem'), second.certificate));
    expect(await answer(running.url, ca)).toBe(before);
    await saying(running, 'Taken over', async () => await writeFile(join(where, 'k.pem'), second.key));
    await expect
      .poll(async () => (await answer(running.url, [second.certificate])) === before, { timeout: 20_000 })
      .toBe(false);
  }, 90_000);
});

const cluster = await sharedTestCluster();

describe.runIf(cluster !== undefined)('a cluster whose entry changes', () => {
  test('given types that are no longer read, then they are off, and the others go on', async () => {
    const entry = (only: string) =>
      `kubeconfig: ${cluster!.kubeconfig}\nsources: [{kubernetes: {context: admin, only: [${only}]}}]\n`;
    const where = await folder({ 'plimsoll.yaml': entry('core/namespaces, core/services') });
    const running = await up(where);
    const states = async () => {
      const { items } = JSON.parse((await runCli(where, ['sources', '-o', 'json'])).stdout) as {
        items: { coverage: { type: string; state: string }[] }[];
      };
      return items.flatMap(({ coverage }) => coverage.map(({ type, state }) => `${type} ${state}`)).sort();
    };
    const all = ['* live', 'core/namespaces live', 'core/services live'];
    await expect.poll(states, { timeout: 30_000 }).toEqual(all);
    const said = await saying(
      running,
      'Taken over',
      async () => await writeFile(join(where, 'plimsoll.yaml'), entry('core/namespaces')),
    );
    expect(said).toBe('Taken over from plimsoll.yaml: watching anew admin.');
    await expect.poll(states, { timeout: 30_000 }).toEqual([...all.slice(0, 2), 'core/services off']);
  }, 120_000);
});
