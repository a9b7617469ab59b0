import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { together } from './together.ts';

async function* bursts(): AsyncGenerator<number> {
  yield* [1, 2, 3];
  await delay(300);
  yield 4;
  await delay(300);
  yield* [5, 6];
}

test('given items that come at once and later, then those that come at once are given together, and none is lost', async () => {
  expect(await Array.fromAsync(together(bursts(), 100))).toEqual([[1, 2, 3], [4], [5, 6]]);
});

test('given very many at once, then they are given by the thousand', async () => {
  const many = Array.from({ length: 2500 }, (_, i) => i);
  const given = await Array.fromAsync(together(ReadableStream.from(many), 1000));
  expect(given.map(({ length }) => length)).toEqual([1000, 1000, 500]);
  expect(given.flat()).toEqual(many);
});

test('given a failure, then it is thrown', async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken');
  }
  await expect(Array.fromAsync(together(failing(), 100))).rejects.toThrow('broken');
});
