import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Resource } from '../../model/resource.ts';
import { IdentityClaims } from '../identity-claims.ts';
import { SnapshotSource } from './snapshot-source.ts';
import { writeSnapshot } from './snapshot-writer.ts';

let folder = '';
let store: Store;
let log: ChangeLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'));
  store = openSqliteStore(':memory:');
  log = await ChangeLog.open(store, []);
});
afterEach(async () => {
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const pod = (name: string): Resource => {
  const metadata = { name, namespace: 'shop', uid: `u-${name}`, resourceVersion: '1' };
  return resourceWith({ name, body: { apiVersion: 'v1', kind: 'Pod', metadata } });
};

async function write(state: Coverage['state'], names: readonly string[], identity = 'kube-system/a', source = 'prod') {
  const row: Coverage = { source, type: 'core/pods', scope: null, state, since: 1000, lastComplete: 1500, reason: 'r' };
  const head = { format: 1, writtenBy: '1', source, identity, began: 1000, ended: 2000, redacted: [] };
  async function* resources() {
    yield await Promise.resolve(names.map(pod));
  }
  const contents = { head: { apiVersion: 'plimsoll.dev/v1', kind: 'Snapshot', ...head } as const, facts: new Map() };
  const file = join(folder, `${source}.tgz`);
  await writeSnapshot(file, { ...contents, coverage: [row], resources: resources() }, new AbortController().signal);
}

async function read(source = 'prod', claims = new IdentityClaims()): Promise<void> {
  const options = { once: true, claims, interval: 10 };
  await new SnapshotSource(source, join(folder, `${source}.tgz`), options).run(log, new AbortController().signal);
}

const names = async () => (await store.resources({}, 100)).items.map(({ name }) => name);

describe('a snapshot as a source', () => {
  test('gives what stood then: live is listed, as of then', async () => {
    await write('live', ['a', 'b']);
    await read();
    expect(await names()).toEqual(['a', 'b']);
    expect(await store.coverage()).toMatchObject([
      { type: '*', state: 'listed', lastComplete: 2000 },
      { type: 'core/pods', state: 'listed', lastComplete: 1500 },
    ]);
  });

  test('that is newer ends what is gone, but not what it could not see', async () => {
    await write('live', ['a', 'b']);
    await read();
    await write('forbidden', []);
    await read();
    expect(await names()).toEqual(['a', 'b']);
    await write('live', ['b', 'c']);
    await read();
    expect(await names()).toEqual(['b', 'c']);
  });

  test('that was read already is not read again', async () => {
    await write('live', ['a']);
    await read();
    const before = store.headSeq;
    await read();
    expect(store.headSeq).toBe(before);
  });

  test('of another cluster under the same name ends all that was known of the first', async () => {
    await write('live', ['a']);
    await read();
    await write('forbidden', ['z'], 'kube-system/b');
    await read();
    expect(await names()).toEqual(['z']);
  });

  test('of a cluster that another source has is refused, also after it was read', async () => {
    const claims = new IdentityClaims();
    await write('live', ['a']);
    await read();
    claims.claim(['kube-system/a'], 'other');
    await expect(read('prod', claims)).rejects.toMatchObject({ code: 'PLM1403' });
  });
});
