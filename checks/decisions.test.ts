import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../docs/adr');
const files = readdirSync(folder).toSorted();
const title = (file: string): string | undefined => /^# (\d+)\. /.exec(readFileSync(join(folder, file), 'utf8'))?.[1];

describe('decisions', () => {
  it('are numbered one after the other, in their names as in their titles, each by itself', () => {
    expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_, i) => i + 1));
    expect(files.map((file) => Number(title(file)))).toEqual(files.map((_, i) => i + 1));
  });
});
