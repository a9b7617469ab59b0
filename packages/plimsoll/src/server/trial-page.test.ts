import { afterEach, expect, test } from 'vitest';
import { emptyWorld } from '../guardrails/empty-world.ts';
import { Trial } from '../guardrails/trial.ts';
import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { change, nothing, resourceWith } from '../inventory/store-contract.ts';
import type { Store } from '../inventory/store.ts';
import { type TrialPage, trialPage } from './trial-page.ts';

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

/** A store with pods, each third of which is on the host's network. */
async function filled(pods: number): Promise<Store> {
  const store = openSqliteStore(':memory:');
  stores.push(store);
  const changes = Array.from({ length: pods }, (_, index) => {
    const name = `web-${String(index).padStart(5, '0')}`;
    const body = { metadata: { name }, spec: { hostNetwork: index % 3 === 0 } };
    return change(index + 1, 'created', resourceWith({ name, body }));
  });
  await store.commit({ ...nothing, at: 1000, changes });
  return store;
}

async function pagesOf(store: Store, query: { readonly expression: string; readonly limit: number }) {
  const type = 'core/pods';
  const trial = new Trial(query.expression, type, emptyWorld);
  const pages: TrialPage[] = [];
  for (let pageToken: string | undefined | null; pageToken !== null;) {
    const asked = { ...query, type, ...(pageToken === undefined ? {} : { pageToken }) };
    const page: TrialPage = await trialPage(trial, store, { type }, asked);
    pages.push(page);
    pageToken = page.nextPageToken;
  }
  return pages;
}

test('given more than fits a page, then every page goes on where the last one ended, and none looks twice', async () => {
  const pages = await pagesOf(await filled(1_500), { expression: '!object.spec.hostNetwork', limit: 10 });
  const names = pages.flatMap(({ items }) => items.map(({ resource }) => resource.name));
  expect(pages.length).toBeGreaterThan(1);
  expect(new Set(names).size).toBe(500);
  expect(names).toHaveLength(500);
  expect(pages.at(-1)?.looked).toBe(1_500);
  expect(pages.map(({ looked }) => looked)).toEqual(pages.map(({ looked }) => looked).toSorted((a, b) => a - b));
  expect(pages[0]?.items[0]).toMatchObject({ outcome: 'fail', violations: [{ paths: ['spec.hostNetwork'] }] });
});

test('given an expression that holds for all, then nothing is read whole, and all were looked at', async () => {
  const store = await filled(300);
  const whole: string[] = [];
  const watched = {
    excerpts: store.excerpts.bind(store),
    resource: async (...given: Parameters<Store['resource']>) => {
      whole.push(given[0].name);
      return await store.resource(...given);
    },
  };
  const type = 'core/pods';
  const trial = new Trial('object.metadata.name != ""', type, emptyWorld);
  const page = await trialPage(trial, watched, { type }, { expression: 'x', type, limit: 10 });
  expect([page.items, whole, page.looked]).toEqual([[], [], 300]);
});

test('given a token of another question, then it is refused', async () => {
  const store = await filled(500);
  const type = 'core/pods';
  const [first] = await pagesOf(store, { expression: 'false', limit: 1 });
  const trial = new Trial('true', type, emptyWorld);
  const asked = { expression: 'true', type, limit: 1, pageToken: first?.nextPageToken ?? '' };
  await expect(trialPage(trial, store, { type }, asked)).rejects.toMatchObject({ code: 'PLM1002' });
});
