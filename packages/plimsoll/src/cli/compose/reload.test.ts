import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problem } from '../../model/errors.ts';
import { Reload, type Reloading, restAfter } from './reload.ts';

describe('the rest between two looks at the files', () => {
  it.each([
    ['one file', 1, 500],
    ['1,000 files', 1000, 2000],
    ['10,000 files', 10_000, 5000],
  ])('of %s goes by their number, however busy the machine is', (_, files, rest) => {
    expect(restAfter('plimsoll.yaml 1 2 3\n'.repeat(files).trimEnd())).toBe(rest);
  });
});

describe('a file that is written again while it is read', () => {
  it('is read again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-reload-'));
    const file = join(folder, 'plimsoll.yaml');
    await writeFile(file, 'first');
    const ending = new AbortController();
    const read: string[] = [];
    const reload = new Reload(
      {
        asOf: 'as it was at the start',
        settings: { configuration: { file }, options: { guardrails: [] } },
        reread: async () => {
          read.push(await readFile(file, 'utf8'));
          if (read.length === 1) await writeFile(file, 'second, longer');
          return { problems: [problem('PLM1102', 'wrong', {})] };
        },
        complain: () => undefined,
        done: () => {
          if (read.length === 2) ending.abort();
        },
      } as unknown as Reloading,
      [],
    );
    await reload.watch(AbortSignal.any([ending.signal, AbortSignal.timeout(20_000)]));
    await rm(folder, { recursive: true });
    expect(read).toEqual(['first', 'second, longer']);
  }, 30_000);
});
