import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const configuration = [
  'package.json',
  'tsconfig.json',
  'oxlint.config.ts',
  'knip.json',
  '.prettierrc.json',
  '.prettierignore',
];
const plimsoll = 'packages/plimsoll/src';
/** What the root's package.json depends on. */
const dependencies = ['fast-check', 'js-yaml', 'cel-js', '@marcbachmann/cel-js', '@bufbuild/cel'];
const test = dependencies.map((name) => `import '${name}';\n`).join('');
const clean = {
  'packages/plimsoll/package.json': '{\n  "name": "plimsoll",\n  "bin": "./src/main.mjs"\n}\n',
  'checks/house.test.ts': test,
  [`${plimsoll}/main.mjs`]: 'console.log(1);\n',
};

let house: string;

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'plimsoll-planted-'));
  for (const file of configuration) cpSync(join(root, file), join(house, file));
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
});

afterEach(() => rmSync(house, { recursive: true, force: true }));

/** Runs one of the root's npm scripts on a house that holds only the given files; gives exit code and output. */
function check(script: string, files: Record<string, string>): { red: boolean; output: string } {
  for (const [path, text] of Object.entries({ ...clean, ...files })) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
  const run = spawnSync('npm', ['run', '-s', script], { cwd: house, encoding: 'utf8' });
  return { red: run.status !== 0, output: run.stdout + run.stderr };
}

describe('each check of `npm test` is red where a violation is planted, and green where none is', () => {
  it.each(['format:check', 'lint', 'types', 'unused'])('%s is green on a house without violations', (script) => {
    expect(check(script, {})).toMatchObject({ red: false });
  });

  it('format: a file that prettier would write otherwise', () => {
    const result = check('format:check', { [`${plimsoll}/model/planted.ts`]: 'export const a   = 1' });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('planted.ts') });
  });

  it('types: a string given as a number', () => {
    const result = check('types', { [`${plimsoll}/model/planted.ts`]: "export const a: number = 'one';\n" });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('TS2322') });
  });

  it('lint: a promise that nobody awaits', () => {
    const text = 'async function late(): Promise<void> {}\nexport function planted(): void {\n  late();\n}\n';
    const result = check('lint', { [`${plimsoll}/model/planted.ts`]: text });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('no-floating-promises') });
  });

  it.each([
    ['a static import', "import { a } from '../server/a.ts';\nexport const b = a;\n"],
    ['a re-export', "export { a } from '../server/a.ts';\n"],
    ['a dynamic import', "export const b = await import('../server/a.ts');\n"],
    ['a type import', "import type { A } from '../server/a.ts';\nexport type B = A;\n"],
  ])('layers: a room that reaches a room below it by %s', (_, text) => {
    const result = check('lint', {
      [`${plimsoll}/inventory/planted.ts`]: text,
      [`${plimsoll}/server/a.ts`]: 'export const a = 1;\nexport type A = number;\n',
    });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('may import the rooms above it only') });
  });

  it('layers: a room that reaches a room above it is green', () => {
    const result = check('lint', {
      [`${plimsoll}/server/planted.ts`]: "import { a } from '../model/a.ts';\nexport const b = a;\n",
      [`${plimsoll}/model/a.ts`]: 'export const a = 1;\n',
    });
    expect(result).toMatchObject({ red: false });
  });

  it("layers: a plug-in that reaches its sibling's insides", () => {
    const result = check('lint', {
      [`${plimsoll}/sources/files/planted.ts`]: "export { a } from '../kubernetes/a.ts';\n",
      [`${plimsoll}/sources/kubernetes/a.ts`]: 'export const a = 1;\n',
    });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('never a sibling') });
  });

  it("layers: a room that reaches behind a plug-in's index", () => {
    const result = check('lint', {
      [`${plimsoll}/cli/planted.ts`]: "export { a } from '../sources/kubernetes/a.ts';\n",
      [`${plimsoll}/sources/kubernetes/a.ts`]: 'export const a = 1;\n',
    });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('opened by sources/registry.ts') });
  });

  it('cycles: two files that import each other', () => {
    const result = check('lint', {
      [`${plimsoll}/model/planted.ts`]: "import { b } from './b.ts';\nexport const a = (): number => b();\n",
      [`${plimsoll}/model/b.ts`]: "import { a } from './planted.ts';\nexport const b = (): number => a();\n",
    });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('no-cycle') });
  });

  it('unused: an export that nobody imports', () => {
    const result = check('unused', {
      [`${plimsoll}/main.mjs`]: "import { used } from './model/planted.ts';\nconsole.log(used);\n",
      [`${plimsoll}/model/planted.ts`]: 'export const used = 1;\nexport const plantedUnused = 2;\n',
    });
    expect(result).toMatchObject({ red: true, output: expect.stringContaining('plantedUnused') });
  });
});
