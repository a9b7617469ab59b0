import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlimsollError } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Resource } from '../../model/resource.ts';
import type { SnapshotHead } from './format.ts';
import { SnapshotFile } from './snapshot-file.ts';
import { type SnapshotContents, writeSnapshot } from './snapshot-writer.ts';
import { type TarEntry, tarBlock, tarHeader } from './tar-header.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'));
  file = join(folder, 'prod.tgz');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head: SnapshotHead = {
  apiVersion: 'plimsoll.dev/v1',
  kind: 'Snapshot',
  format: 1,
  writtenBy: '1.0.0',
  source: 'arn:aws:eks:eu-1:1:cluster/prod',
  identity: 'kube-system/u',
  began: 1000,
  ended: 2000,
  redacted: [],
};

function resource(type: string, name: string, more: Partial<Resource> = {}): Resource {
  const [source, scope, uid, version] = [head.source, 'shop', 'u', '7'];
  const metadata = { name, namespace: scope, uid, resourceVersion: version };
  const body = { apiVersion: 'v1', kind: 'Pod', metadata };
  return {
    source,
    type,
    scope,
    name,
    apiVersion: 'v1',
    kind: 'Pod',
    uid,
    version,
    body,
    unseen: [],
    place: null,
    ...more,
  };
}

async function* inBatches(resources: readonly Resource[]): AsyncGenerator<readonly Resource[]> {
  yield await Promise.resolve(resources);
}

const live = (type: string) => ({ type, scope: null, state: 'live', since: 1, lastComplete: 2, reason: null }) as const;

async function write(
  resources: readonly Resource[],
  more: Partial<SnapshotContents> = {},
  signal = never,
): Promise<void> {
  const coverage = [{ source: head.source, ...live('core/pods') }];
  const facts = new Map<string, Json>([
    ['version', { gitVersion: 'v1.36.3' }],
    ['needs', { forms: [] }],
  ]);
  await writeSnapshot(file, { head, facts, coverage, resources: inBatches(resources), ...more }, signal);
}
const never = new AbortController().signal;

async function read(): Promise<Resource[]> {
  const opened = await SnapshotFile.open(file);
  try {
    return (await Array.fromAsync(opened.resources())).flat();
  } finally {
    await opened.close();
  }
}

/** The code of what reading throws. */
async function fault(): Promise<string> {
  try {
    await read();
    return 'none';
  } catch (error) {
    return error instanceof PlimsollError ? `${error.code} ${error.message}` : String(error);
  }
}

/** An archive of these entries, as whoever means no good would write it. */
function pack(entries: readonly (Partial<TarEntry> & { readonly text: string; readonly kind?: string })[]): void {
  const blocks = entries.flatMap(({ name = '', text, kind, size = text.length }) => {
    const header = tarHeader({ name, size, at: 0 });
    const typed = kind === undefined ? header : withKind(header, kind);
    return [typed, Buffer.from(text.padEnd(Math.ceil(text.length / tarBlock) * tarBlock, '\0'))];
  });
  writeFileSync(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * tarBlock)])));
}

function withKind(header: Buffer, kind: string): Buffer {
  header.write(kind, 156);
  header.write(' '.repeat(8), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const begin = { name: 'prod/snapshot.json', text: JSON.stringify(head) };
const end = (entries: number) => ({ name: 'prod/.plimsoll/end.json', text: JSON.stringify({ entries, resources: 0 }) });

describe('a snapshot', () => {
  test('gives back what was written, with what was not kept and the other versions', async () => {
    const form = { apiVersion: 'x/v1', kind: 'X', body: { a: 1 }, unknown: null };
    const resources = [
      resource('core/pods', 'a', { unseen: ['metadata.managedFields'] }),
      resource('core/pods', 'b', { forms: [form] }),
      resource('apps/deployments', 'c', { unseen: ['spec.template', 'data'] }),
    ];
    await write(resources);
    expect(await read()).toEqual(resources);
    const opened = await SnapshotFile.open(file);
    expect(opened.head).toEqual(head);
    const { facts, coverage } = await opened.facts();
    expect(facts).toEqual(
      new Map<string, Json>([
        ['version', { gitVersion: 'v1.36.3' }],
        ['needs', { forms: [] }],
      ]),
    );
    expect(coverage).toEqual([{ source: head.source, ...live('core/pods') }]);
    await opened.close();
  });

  test('is read back whatever stands in an object, integers beyond 2⁵³ exact', async () => {
    const spec = fc.oneof(fc.jsonValue(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }));
    await fc.assert(
      fc.asyncProperty(fc.array(spec, { maxLength: 5 }), async (specs) => {
        const resources = specs.map((value, at) => {
          const plain = resource('core/pods', `p${at}`);
          return { ...plain, body: { ...plain.body, spec: value as Json } };
        });
        await write(resources);
        expect(jsonText(await read())).toEqual(jsonText(resources));
      }),
      { numRuns: 30 },
    );
  });

  test('may be read by its owner alone, and takes its place at once: beside it there is nothing', async () => {
    await write([resource('core/pods', 'a')]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['prod.tgz']);
  });

  test('is a tar archive of one folder whose name a file system takes, objects as a line of JSON each', async () => {
    await write([resource('core/pods', 'a')]);
    const text = gunzipSync(readFileSync(file)).toString('latin1');
    expect(text).toContain('arn-aws-eks-eu-1-1-cluster-prod/resources/0001-core.pods.json\0');
    expect(text).toContain('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"');
  });

  test('holds no Secret, whoever hands it one', async () => {
    await write([resource('core/secrets', 'token'), resource('core/pods', 'a')]);
    expect(gunzipSync(readFileSync(file)).includes('token')).toBe(false);
    expect((await read()).map(({ name }) => name)).toEqual(['a']);
  });

  test('splits a type that is large, so that memory holds a part of it', async () => {
    const pods = Array.from({ length: 50 }, (_, n) => {
      const plain = resource('core/pods', `p${n}`);
      return { ...plain, body: { ...plain.body, spec: { text: 'x'.repeat(2 ** 17) } } };
    });
    await write(pods);
    const opened = await SnapshotFile.open(file);
    const sizes = (await Array.fromAsync(opened.resources())).map(({ length }) => length);
    await opened.close();
    expect(Math.max(...sizes)).toBeLessThan(10);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(50);
  });
});

describe('given that writing does not come to its end', () => {
  const signals = { failing: never, stopped: AbortSignal.abort() };
  test.each(['failing', 'stopped'] as const)(
    'when it is %s, then there is no file, and an older one stays',
    async (how) => {
      await write([resource('core/pods', 'old')]);
      await expect(write([], { resources: failing() }, signals[how])).rejects.toThrow();
      expect(readdirSync(folder)).toEqual(['prod.tgz']);
      expect((await read()).map(({ name }) => name)).toEqual(['old']);
    },
  );

  test('when the folder is not there, then it is said with a code', async () => {
    file = join(folder, 'none', 'prod.tgz');
    await expect(write([])).rejects.toMatchObject({ code: 'PLM1223' });
  });
});

async function* failing(): AsyncGenerator<readonly Resource[]> {
  yield await Promise.resolve([resource('core/pods', 'a')]);
  throw new Error('the source failed');
}

describe('given a file that is not as it was written', () => {
  test('when it is cut off anywhere, then nothing is taken from it', async () => {
    await write(Array.from({ length: 40 }, (_, n) => resource('core/pods', `pod-${n * 7919}`)));
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        writeFileSync(file, whole.subarray(0, length));
        expect(await fault()).toMatch(/^PLM122[01] /);
      }),
      { numRuns: 60 },
    );
  });

  test('when a byte of it was changed, then it is damaged, or the same is read', async () => {
    const resources = Array.from({ length: 40 }, (_, n) => resource('core/pods', `pod-${n * 7919}`));
    await write(resources);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ by;
        writeFileSync(file, changed);
        const said = await fault();
        if (said === 'none') expect(await read()).toEqual(resources);
        else expect(said).toMatch(/^PLM122[0-4] /);
      }),
      { numRuns: 100 },
    );
  });

  test('when it is of a newer format, then it is refused, whatever else it holds', async () => {
    pack([{ ...begin, text: JSON.stringify({ format: 2, kind: 'Snapshot2' }) }]);
    expect(await fault()).toMatch(/^PLM1222 it has format 2, and this Plimsoll reads up to 1/);
  });

  test.each([
    ['no tar archive', () => writeFileSync(file, gzipSync('apiVersion: v1\nkind: Pod\n'.repeat(100))), 'PLM1220'],
    ['an archive of something else', () => pack([{ name: 'a/b.txt', text: 'x' }]), 'PLM1220'],
    ['a snapshot.json of something else', () => pack([{ ...begin, text: '{"kind":"Other"}' }]), 'PLM1220'],
    ['no end', () => pack([begin]), 'PLM1221'],
    [
      'noise behind an entry',
      () => pack([{ ...begin, text: begin.text + 'noise'.repeat(500), size: begin.text.length }]),
      'PLM1221',
    ],
    ['an end that knows of more', () => pack([begin, end(5)]), 'PLM1221'],
    [
      'objects without their sheet',
      () => pack([begin, { name: 'prod/resources/a.json', text: '{}\n' }, end(2)]),
      'PLM1221',
    ],
  ])('when it is %s, then it says so', async (_, make, code) => {
    make();
    expect(await fault()).toMatch(new RegExp(`^${code} `));
  });

  test.each([
    ['a path that leads out', { name: 'prod/../../etc/passwd', text: 'x' }],
    ['an absolute path', { name: '/etc/passwd', text: 'x' }],
    ['a symbolic link', { name: 'prod/link', text: '', kind: '2' }],
    ['a hard link', { name: 'prod/link', text: '', kind: '1' }],
    ['a device', { name: 'prod/null', text: '', kind: '3' }],
    ['a folder', { name: 'prod/x', text: '', kind: '5' }],
    ['a name with a line feed', { name: 'prod/a\nb', text: 'x' }],
    ['an entry beyond the bound', { name: 'prod/big', text: '', size: 2 ** 30 }],
  ])('when it holds %s, then it is refused', async (_, entry) => {
    pack([begin, entry, end(2)]);
    expect(await fault()).toMatch(/^PLM1224 /);
  });

  test('when it holds Secrets, or objects that nest without end, then it is refused', async () => {
    const sheet = (type: string) => ({
      name: 'prod/.plimsoll/resources/a.json',
      text: JSON.stringify({ type, lists: [[]], unseen: [0], forms: [] }),
    });
    pack([begin, sheet('core/secrets'), { name: 'prod/resources/a.json', text: '{}\n' }, end(3)]);
    expect(await fault()).toMatch(/^PLM1224 it holds Secrets/);
    pack([
      begin,
      sheet('core/pods'),
      { name: 'prod/resources/a.json', text: `${'{"a":'.repeat(500)}1${'}'.repeat(500)}\n` },
      end(3),
    ]);
    expect(await fault()).toMatch(/^PLM1224 .* nests deeper than the bound of 200 levels/);
  });

  test('when it unpacks to hundreds of times its size, then it is left before it has', async () => {
    const zeros = { name: 'prod/resources/a.json', text: ' '.repeat(2 ** 25) };
    pack([begin, ...Array.from({ length: 3 }, () => zeros), end(4)]);
    expect(await fault()).toMatch(/^PLM1224 it unpacks to more than 200 times its size of/);
  });
});
