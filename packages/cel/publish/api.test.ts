import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { apiReference, entryPoints } from './api.ts';

const page = join(import.meta.dirname, '../docs/api.md');
const points = await entryPoints();
const entries = points.flatMap((point) => point.entries);

describe('docs/api.md', () => {
  it('is what the doc comments of the exports say (vitest -u writes it)', async () => {
    const config = await resolveConfig(page);
    await expect(await format(apiReference(points), { ...config, parser: 'markdown' })).toMatchFileSnapshot(page);
  });

  it('says something of each entry point', () => {
    expect(points.map(({ path }) => path)).toEqual([
      '@plimsoll/cel',
      '@plimsoll/cel/crd',
      '@plimsoll/cel/editor',
      '@plimsoll/cel/generate',
      '@plimsoll/cel/kyverno',
      '@plimsoll/cel/standard',
    ]);
    expect(points.filter(({ doc }) => doc === '')).toEqual([]);
  });

  it('says something of each export, and of whatever can be called on it', () => {
    const members = entries.flatMap(({ name, members }) =>
      members
        .filter(({ name, declaration }) => name !== 'constructor' && /\(|\bget /.test(declaration))
        .map((member) => ({ name: `${name}.${member.name}`, doc: member.doc })),
    );
    expect(members.length).toBeGreaterThan(40);
    expect([...entries, ...members].filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
  });

  it('names the error wherever it says that something throws', () => {
    const text = apiReference(points);
    expect(text.match(/Throws `\w+`/g)?.length).toBeGreaterThan(15);
    expect(text.match(/Throws (?!`\w+`)/g)).toBeNull();
  });
});
