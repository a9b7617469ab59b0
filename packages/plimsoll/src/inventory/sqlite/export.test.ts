import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { change, finding, nothing, problem, resourceWith } from '../store-contract.ts';
import type { Store } from '../store.ts';
import { exportStore } from './export.ts';
import { importStore } from './import.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;
let exported: string;
let copy: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-export-'));
  [file, exported, copy] = ['plimsoll.db', 'store.export', 'copy.db'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits = { keep: Infinity, size: Infinity };
const odd = resourceWith({
  name: 'odd',
  scope: null,
  place: { file: 'a b.yaml', document: 2, line: 7 },
  body: { '10': 1, b: 9223372036854775807n, emoji: '😀\u0000\u2028', float: 1e21, list: [] },
  forms: [{ apiVersion: 'v1beta1', kind: 'Pod', body: { x: 1 }, unknown: null }],
  unseen: ['data'],
});
const coverage = {
  source: 'prod',
  type: 'core/pods',
  scope: null,
  state: 'live',
  since: 1,
  lastComplete: 1,
  reason: null,
} as const;

/** A store with something in every table, `web` in 70 states of which 40 are compacted, and `gone` that is deleted. */
async function filledStore(): Promise<void> {
  const store = openSqliteStore(file, { limits });
  const gone = resourceWith({ name: 'gone' });
  await store.commit({
    ...nothing,
    changes: [change(1, 'created', odd), change(2, 'created', gone)],
    findings: [finding(3, 'open')],
    coverage: [{ seq: 4, coverage }],
    cursors: [{ source: 'prod', type: 'core/pods', scope: null, cursor: '42' }],
    identities: [{ source: 'prod', identity: 'uid' }],
    facts: [{ source: 'prod', name: 'version', value: { minor: '36' }, observedAt: 5 }],
    problems: [{ source: 'prod', origin: 'x.yaml', problems: [problem] }],
    readers: [{ name: 'guardrails', seq: 4 }],
    settings: [{ name: 'fingerprint', value: 'f' }],
  });
  await store.commit({ ...nothing, at: 5000, findings: [finding(5, 'resolved')] });
  await store.commit({ ...nothing, changes: [change(6, 'deleted', gone)] });
  await store.commit({ ...nothing, at: 7000, coverageEnds: [{ ...coverage, seq: 7 }] });
  for (let seq = 10; seq < 80; seq += 1) {
    const web = resourceWith({ version: String(seq), body: { seq, filler: 'x'.repeat(500) } });
    await store.commit({ ...nothing, changes: [change(seq, seq === 10 ? 'created' : 'updated', web)] });
    if (seq === 50) await tendAll(store);
  }
  await store.close();
}

async function tendAll(store: Store): Promise<void> {
  while (await store.tend());
}

/** Everything that a store answers. */
async function answers(path: string): Promise<unknown> {
  const store = openSqliteStore(path, { limits });
  const told: unknown[] = [store.headSeq, store.oldestSeq, await store.times()];
  for (const name of ['web', 'gone', 'db'])
    told.push((await store.versions(resourceWith({ name }), 1000)).items, await store.resource(resourceWith({ name })));
  told.push((await store.versions(odd, 10)).items, await store.coverage(), await store.problems());
  told.push((await Array.fromAsync(store.stamps())).flat(), (await Array.fromAsync(store.openFindings())).flat());
  told.push(await store.events(0, 1000), await store.sources(), await store.sourceState('prod'));
  told.push(await store.readerSeq('guardrails'), await store.setting('fingerprint'), await store.findings({}, 10));
  for (let at = 1000; at < 80_000; at += 500) told.push(...(await answersAt(store, at)));
  await store.close();
  return told;
}

async function answersAt(store: Store, at: number): Promise<unknown[]> {
  return [
    (await store.resourcesAt({}, at, 10)).items,
    (await store.findingsAt({}, at, 10)).items,
    await store.coverageAt(at),
    await store.resourceAt(resourceWith({}), at),
  ];
}

describe('an export', () => {
  it('gives a store with the same answers, which goes on as the first one would', async () => {
    await filledStore();
    const counts = { resources: 2, versions: 72 };
    expect(await exportStore(file, exported)).toEqual(counts);
    expect(await importStore(exported, copy)).toEqual(counts);
    expect(await answers(copy)).toEqual(await answers(file));
    const store = openSqliteStore(copy, { limits });
    for (let seq = 80; seq < 150; seq += 1) {
      const web = resourceWith({ version: String(seq), body: { seq } });
      await store.commit({ ...nothing, changes: [change(seq, 'updated', web)] });
      while (await store.tend());
    }
    const told = (await store.versions(resourceWith({}), 1000)).items;
    expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: 140 }, (_, i) => 149 - i));
    expect(await store.resourceAt(resourceWith({}), 11_000)).toMatchObject({ resource: { version: '11' } });
    await store.close();
  });

  it('is its owner’s alone, and so is the store that is made of it', async () => {
    await filledStore();
    await exportStore(file, exported);
    await importStore(exported, copy);
    expect([exported, copy].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    const left = ['copy.db', 'copy.db.lock', 'plimsoll.db', 'plimsoll.db.lock', 'store.export'];
    expect(readdirSync(folder).toSorted()).toEqual(left);
  });

  it('is of one moment while another process writes the store', async () => {
    const program = join(import.meta.dirname, 'fixtures', 'committing-writer.ts');
    const writer = spawn(process.execPath, [program, file, '2']);
    onTestFinished(() => void writer.kill('SIGKILL'));
    await once(writer.stdout.resume(), 'data');
    for (const name of ['one', 'two', 'three']) {
      await exportStore(file, join(folder, name));
      await importStore(join(folder, name), `${copy}-${name}`);
      const store = openSqliteStore(`${copy}-${name}`, { limits });
      const told = (await store.versions({ source: 's', type: 't', scope: null, name: 'n' }, 1e6)).items;
      expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: store.headSeq }, (_, i) => store.headSeq - i));
      expect(await store.readerSeq('guardrails')).toBe(store.headSeq);
      await store.close();
    }
  });

  it('takes no name that something else has', async () => {
    await filledStore();
    writeFileSync(exported, 'mine');
    await expect(exportStore(file, exported)).rejects.toMatchObject({ code: 'PLM1516' });
    expect(readFileSync(exported, 'utf8')).toBe('mine');
    await expect(exportStore(file, join(folder, 'none', 'x'))).rejects.toMatchObject({ code: 'PLM1516' });
  });

  it('is not made of what is no store', async () => {
    writeFileSync(file, 'text');
    await expect(exportStore(file, exported)).rejects.toMatchObject({ code: 'PLM1501' });
    expect(existsSync(exported)).toBe(false);
  });
});

describe('an import leaves nothing behind', () => {
  /** The code with which bytes are refused, and what they leave. */
  async function refusal(bytes: Uint8Array): Promise<unknown> {
    writeFileSync(exported, bytes);
    const code = await importStore(exported, copy).then(
      () => 'imported',
      (error: { code: string }) => error.code,
    );
    return [code, ...readdirSync(folder).filter((name) => name.startsWith('copy.db') && name !== 'copy.db.lock')];
  }

  it('where the export is cut off, as a file or within its text', async () => {
    await filledStore();
    await exportStore(file, exported);
    const bytes = readFileSync(exported);
    for (const share of [0, 0.01, 0.5, 0.99])
      expect(await refusal(bytes.subarray(0, Math.floor(bytes.length * share)))).toEqual(['PLM1514']);
    expect(await refusal(bytes.subarray(0, bytes.length - 20))).toEqual(['PLM1514']);
    const lines = zstdDecompressSync(bytes).toString().split('\n');
    expect(await refusal(zstdCompressSync(lines.slice(0, -2).join('\n')))).toEqual(['PLM1514']);
    expect(await refusal(zstdCompressSync(lines.slice(0, 20).join('\n')))).toEqual(['PLM1514']);
  });

  it('where anything in it was changed', async () => {
    await filledStore();
    await exportStore(file, exported);
    const bytes = readFileSync(exported);
    for (const share of [0.1, 0.4, 0.7, 0.95]) {
      const damaged = Uint8Array.from(bytes);
      const at = Math.floor(bytes.length * share);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      expect(await refusal(damaged)).toEqual(['PLM1514']);
    }
    const text = zstdDecompressSync(bytes).toString();
    expect(await refusal(zstdCompressSync(text.replace('"x.yaml"', '"y.yaml"')))).toEqual(['PLM1514']);
    expect(await refusal(zstdCompressSync(text.replace('"cursors"', '"courses"')))).toEqual(['PLM1514']);
  });

  it('where it is none, or of a newer version', async () => {
    expect(await refusal(Buffer.from('apiVersion: v1'))).toEqual(['PLM1514']);
    expect(await refusal(zstdCompressSync('{"kind": "Pod"}\n'))).toEqual(['PLM1514']);
    expect(await refusal(zstdCompressSync('{"plimsoll":"store export","format":2}\n{"new":1}\n'))).toEqual(['PLM1513']);
    await expect(importStore(join(folder, 'none'), copy)).rejects.toMatchObject({ code: 'PLM1207' });
  });
});

describe('an import into a store', () => {
  it('that holds something is refused, and the store left as it is', async () => {
    await filledStore();
    await exportStore(file, exported);
    const before = readFileSync(file);
    await expect(importStore(exported, file)).rejects.toMatchObject({ code: 'PLM1515' });
    expect(readFileSync(file)).toEqual(before);
  });

  it('that is in use is refused', async () => {
    await filledStore();
    await exportStore(file, exported);
    const store = openSqliteStore(copy);
    await expect(importStore(exported, copy)).rejects.toMatchObject({ code: 'PLM1502' });
    await store.close();
    expect(await importStore(exported, copy)).toMatchObject({ resources: 2 });
  });
});
