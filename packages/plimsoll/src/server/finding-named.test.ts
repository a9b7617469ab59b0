import { expect, test } from 'vitest';
import { findingNamed } from './finding-named.ts';
import { found, openInventory, pod } from './inventory.fixture.ts';

test('given a beginning that several findings share, then PLM1005 lists them, ten at most', async () => {
  const { store, publish } = openInventory();
  await publish(found(1, pod('web')), found(2, pod('db')));
  await expect(findingNamed(store, '')).rejects.toMatchObject({
    code: 'PLM1005',
    message: expect.stringMatching(
      /^Several findings begin with : give more of it\.(\n[0-9a-f]{16} {2}open {2}no-privileged {2}prod\/core\/pods\/shop\/(web|db)){2}$/,
    ),
  });
  await publish(...Array.from({ length: 9 }, (_, i) => found(3 + i, pod(`pod-${i}`))));
  await expect(findingNamed(store, '')).rejects.toMatchObject({
    message: expect.stringMatching(/^Several.*\n(?:[0-9a-f]{16} .*\n){10}…$/),
  });
  await store.close();
});

test('given a beginning that one finding has, then it is that one', async () => {
  const { store, publish } = openInventory();
  await publish(found(1, pod('web')));
  const { id } = await findingNamed(store, '');
  expect(await findingNamed(store, id.slice(0, 5))).toMatchObject({ id });
  await expect(findingNamed(store, 'zz')).rejects.toMatchObject({ code: 'PLM1005' });
  await store.close();
});
