import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';
import { fileSources } from './folder-source.ts';

const configMap = (name: string, value = 'a'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`;

let folder: string;
let store: Store;
let log: ChangeLog;
let stop: () => Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-files-'));
  store = openSqliteStore(':memory:');
  log = await ChangeLog.open(store, []);
  stop = async () => undefined;
});

afterEach(async () => {
  await stop();
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function watchFolder(): Promise<void> {
  const ending = new AbortController();
  const running = fileSources([folder]).map((source) => source.run(log, ending.signal));
  stop = async () => {
    ending.abort();
    await Promise.all(running);
  };
  await eventually(async () => (await store.coverage()).length > 0);
}

async function eventually(probe: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error('not within 3 s');
}

const names = async (): Promise<string[]> =>
  (await store.resources({}, 100)).items.map(({ source, name }) => `${source}/${name}`);

describe('a folder as a source', () => {
  it('knows the file and line of every resource, and follows what is written, renamed over and removed', async () => {
    writeFileSync(join(folder, 'a.yaml'), `${configMap('one')}---\n${configMap('two')}`);
    await watchFolder();
    expect((await store.resources({ name: 'two' }, 1)).items[0]?.place).toMatchObject({ document: 2, line: 8 });
    writeFileSync(join(folder, '.b.tmp'), configMap('three'));
    renameSync(join(folder, '.b.tmp'), join(folder, 'b.yaml'));
    await eventually(async () => (await names()).length === 3);
    rmSync(join(folder, 'a.yaml'));
    await eventually(async () => (await names()).join() === 'files/three');
  });

  it('deletes nothing because a file is broken, says so, and goes on when it reads again', async () => {
    writeFileSync(join(folder, 'a.yaml'), configMap('one'));
    await watchFolder();
    writeFileSync(join(folder, 'a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n');
    await eventually(async () => (await store.problems()).length === 1);
    expect(await names()).toEqual(['files/one']);
    expect(await store.coverage()).toMatchObject([{ state: 'stale', reason: expect.stringContaining('a.yaml') }]);
    writeFileSync(join(folder, 'a.yaml'), configMap('renamed'));
    await eventually(async () => (await names()).join() === 'files/renamed');
    expect(await store.problems()).toEqual([]);
    expect(await store.coverage()).toMatchObject([{ state: 'live', reason: null }]);
  });

  it('takes each folder with a version.json for a cluster', async () => {
    for (const cluster of ['east', 'west']) {
      mkdirSync(join(folder, cluster));
      writeFileSync(join(folder, cluster, 'version.json'), '{"gitVersion": "v1.36.0", "minor": "36"}');
      writeFileSync(join(folder, cluster, 'a.yaml'), configMap('same'));
    }
    await watchFolder();
    await eventually(async () => (await names()).length === 2);
    expect(await names()).toEqual(['east/same', 'west/same']);
    expect((await store.sourceState('west')).facts.get('version')).toMatchObject({ gitVersion: 'v1.36.0' });
  });

  it('keeps no value of a Secret', async () => {
    writeFileSync(
      join(folder, 's.yaml'),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n',
    );
    await watchFolder();
    const secret = (await store.resources({ name: 's' }, 1)).items[0];
    expect(JSON.stringify(secret)).not.toContain('hunter2');
    expect(secret?.unseen).toEqual(['data', 'stringData']);
  });
});
