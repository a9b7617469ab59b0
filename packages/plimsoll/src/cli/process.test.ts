import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { runProcess } from './process.ts';

/** A stream whose reader takes its time over each write, and what it has taken. */
function slowReader() {
  const taken: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      setTimeout(() => {
        taken.push(String(chunk));
        done();
      }, 20);
    },
  });
  return { stream, taken };
}

test('given a reader slower than the output, then the process exits once all of it is taken', async () => {
  const stdout = slowReader();
  const stderr = slowReader();
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const host = Object.create(process, {
    argv: { value: ['node', 'plimsoll', 'version', '-o', 'jsonl'] },
    stdout: { value: stdout.stream },
    stderr: { value: stderr.stream },
    on: { value: () => host },
    exit: { value: () => resolve([...stdout.taken]) },
  }) as NodeJS.Process;
  await runProcess(host);
  expect((await promise).join('')).toMatch(/^\{.*\}\n$/);
});

test('given a reader that is gone, then the process exits all the same', async () => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  const host = Object.create(process, {
    argv: { value: ['node', 'plimsoll', 'version'] },
    stdout: { value: stdout },
    stderr: { value: slowReader().stream },
    on: { value: () => host },
    exit: { value: resolve },
  }) as NodeJS.Process;
  await runProcess(host);
  expect(await promise).toBe(0);
});
