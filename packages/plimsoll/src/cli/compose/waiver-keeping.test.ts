import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { JsonObject } from '../../model/json.ts';
import { createApp } from '../../server/app.ts';
import { parseTokens } from '../../server/tokens.ts';
import { folderOf } from '../run-cli.fixture.ts';
import { openPlimsoll, type Plimsoll } from './open-plimsoll.ts';

let at: Awaited<ReturnType<typeof folderOf>>;
let plimsoll: Plimsoll;
let app: FastifyInstance;
let complaints: string[];
const token = 'sixteen-letters-of-ada';

const guardrail = `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: never}
spec:
  categories: [images]
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: 'false', message: never}]
`;
const ofFile = `---
apiVersion: plimsoll.dev/v1
kind: Waiver
metadata: {name: of-file}
spec: {guardrails: [none], reason: because}
`;
const document = (name: string, spec: JsonObject = { guardrails: ['never'] }) => ({
  apiVersion: 'plimsoll.dev/v1',
  kind: 'Waiver',
  metadata: { name },
  spec: { reason: 'because', ...spec },
});

async function start(): Promise<void> {
  complaints = [];
  plimsoll = await openPlimsoll({
    file: join(at.folder, 'plimsoll.db'),
    guardrails: [join(at.folder, 'guardrails.yaml')],
    complain: ({ code, message }) => complaints.push(`${code} ${message}`),
  });
  app = createApp(plimsoll.backend, {
    version: '0',
    names: () => new Set(),
    holders: () => parseTokens(`ada:${token}`).holders,
    onBug: (error) => complaints.push(String(error)),
  });
  await plimsoll.loaded;
}

async function stop(): Promise<void> {
  await app.close();
  await plimsoll.close();
}

beforeEach(async () => {
  at = await folderOf({ 'guardrails.yaml': guardrail + ofFile });
  await start();
  const body = { metadata: { name: 'web', namespace: 'shop' } };
  const resource = resourceWith({ name: 'web', scope: 'shop', uid: null, body });
  await plimsoll.log.observe([{ kind: 'upsert', observedAt: Date.now(), resource }]);
});
afterEach(async () => {
  await stop();
  await at.remove();
});

const headers = { host: 'localhost', authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object, more: Record<string, string> = {}) {
  const url = `/v1/${path}`;
  const answer = await app.inject({
    method,
    url,
    headers: { ...headers, ...more },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json<JsonObject>() };
}

const outcomes = async () => (await ask('GET', 'findings')).body['items'];

describe('waivers over the API', () => {
  it('given one, then it is in force at once, kept over a restart, and gone once it is ended', async () => {
    expect(await outcomes()).toMatchObject([{ outcome: 'fail' }]);
    const written = await ask('POST', 'waivers', document('w', { guardrails: ['never'], owner: 'ada', ticket: 'T-1' }));
    expect(written).toMatchObject({
      status: 201,
      body: { name: 'w', origin: 'api', findings: 1, among: 1, ticket: 'T-1', created: { by: 'ada' }, file: null },
    });
    expect(await outcomes()).toMatchObject([{ outcome: 'waived', waivedBy: { waiver: 'w', owner: 'ada' } }]);
    await stop();
    await start();
    expect(await outcomes()).toMatchObject([{ outcome: 'waived' }]);
    expect(await ask('GET', 'waivers/w')).toMatchObject({ status: 200, body: { created: { by: 'ada' } } });
    expect(await ask('DELETE', 'waivers/w')).toMatchObject({ status: 200, body: { name: 'w', findings: 1 } });
    expect(await outcomes()).toMatchObject([{ outcome: 'fail', waivedBy: null }]);
    expect(await ask('GET', 'waivers/w')).toMatchObject({ status: 404, body: { code: 'PLM1005' } });
    await stop();
    await start();
    expect((await ask('GET', 'waivers')).body['items']).toMatchObject([{ name: 'of-file' }]);
  });

  it('lists what its audit says', async () => {
    expect((await ask('GET', 'waivers')).body['items']).toMatchObject([
      {
        name: 'of-file',
        origin: 'files',
        state: 'matches nothing',
        problems: [
          { code: 'PLM1321' },
          { code: 'PLM1323', message: expect.stringContaining('names a guardrail that is not here: none') },
        ],
      },
    ]);
  });

  it.each([
    ['POST', 'waivers', document('of-file'), {}, 409, 'PLM1324'],
    ['POST', 'waivers', document('w', { guardrail: ['never'] }), {}, 400, 'PLM1301'],
    ['POST', 'waivers', document('w', { guardrails: ['*'], where: 'objct' }), {}, 400, 'PLM1303'],
    ['POST', 'waivers', { kind: 'Waiver' }, {}, 400, 'PLM1302'],
    ['POST', 'waivers', [], {}, 400, 'PLM1013'],
    ['POST', 'waivers', undefined, {}, 400, 'PLM1302'],
    ['POST', 'waivers', document('w'), { 'content-type': 'text/plain' }, 415, 'PLM1009'],
    ['POST', 'waivers', document('w'), { origin: 'http://evil.example' }, 403, 'PLM1008'],
    ['POST', 'waivers', document('w'), { host: 'evil.example' }, 403, 'PLM1008'],
    ['POST', 'waivers', document('w'), { authorization: 'Bearer other' }, 401, 'PLM1108'],
    ['DELETE', 'waivers/of-file', undefined, {}, 409, 'PLM1325'],
    ['DELETE', 'waivers/of-file', undefined, { origin: 'http://evil.example' }, 403, 'PLM1008'],
    ['DELETE', 'waivers/none', undefined, {}, 404, 'PLM1005'],
    ['DELETE', 'waivers', undefined, {}, 405, 'PLM1007'],
  ] as const)('refuses %s %s %j with %j', async (method, path, body, more, status, code) => {
    expect(await ask(method, path, body, more)).toMatchObject({ status, body: { code } });
    expect((await ask('GET', 'waivers')).body['items']).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it('that a file takes the name of is in force no more, which is said', async () => {
    await ask('POST', 'waivers', document('w'));
    await stop();
    await writeFile(join(at.folder, 'guardrails.yaml'), guardrail + ofFile.replace('of-file', 'w'));
    await start();
    expect(complaints).toEqual([expect.stringContaining('PLM1312 "w" is also a waiver that the API took')]);
    expect(await outcomes()).toMatchObject([{ outcome: 'fail' }]);
  });
});
