import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errors } from '../packages/plimsoll/src/model/errors.ts';

const root = join(import.meta.dirname, '..');
const documented = new Map(
  [
    ...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(
      /^\| (PLM\d{4})\s*\| (.*?)\s*\| (.*?)\s*\| (.*?)\s*\|$/gm,
    ),
  ].map(([, code = '', title, fault, remedy]) => [code, { title, fault, remedy }] as const),
);
const sources = readdirSync(join(root, 'packages/plimsoll/src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'model/errors.ts')
  .map((file) => readFileSync(join(root, 'packages/plimsoll/src', file), 'utf8'))
  .join('\n');

describe('error codes', () => {
  it('are documented as the table has them, and no others', () => {
    const table = new Map(
      Object.entries(errors).map(([code, { title, fault, remedy }]) => [
        code,
        { title, fault, remedy: remedy.replaceAll('|', '\\|') },
      ]),
    );
    expect(documented).toEqual(table);
  });

  it('are each raised somewhere', () => {
    expect(Object.keys(errors).filter((code) => !sources.includes(code))).toEqual([]);
  });
});
