import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed, output, packed, typeErrors, write } from './installed.ts';

let folder: string;
let files: readonly string[];
let app: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-cel-'));
  const made = await packed(folder);
  files = made.files;
  app = await installed(folder, made.tarball);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const declared = (source: string): string => source.replace(/^src(.*)\.ts$/, 'types$1.d.ts');
const text = (path: string): Promise<string> => readFile(join(app, 'node_modules/@plimsoll/cel', path), 'utf8');

const consumer = `
import { type Value, check, compile, evaluate, kubernetes, parse } from '@plimsoll/cel';
import { auto } from '@plimsoll/cel/generate';
import { type KyvernoHost, kyverno } from '@plimsoll/cel/kyverno';
import { standard } from '@plimsoll/cel/standard';
const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
export const value: Value = evaluate('object.a + 1', { object: { a: 1 } }, environment);
export const words: readonly string[] = check(parse('object.a'), environment).issues.map(({ message }) => message);
const host: KyvernoHost = () => undefined;
export const programs = [kyverno({ host }), standard()].map((own) => compile(parse('1'), own, { mode: auto }));
`;

describe('the package as it is published', () => {
  it('holds a module for each entry point and for what they share, types, sources, pages, and no test', () => {
    const kinds = new Set(
      files.map((path) => path.replace(/^((?:types|src|docs)\/|).*?(\.d)?(\.[a-z.]+)?$/, '$1*$2$3')),
    );
    expect([...kinds].toSorted()).toEqual([
      '*',
      '*.js',
      '*.js.map',
      '*.json',
      '*.md',
      'docs/*.md',
      'src/*.ts',
      'types/*.d.ts',
      'types/*.d.ts.map',
    ]);
    expect(files.filter((path) => /test|conformance\//.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith('src/') && !files.includes(declared(path)))).toEqual([]);
  });

  it('says what it is: licence, engines, no side effects, where it comes from, re2js and nothing else', async () => {
    expect(JSON.parse(await text('package.json'))).toMatchObject({
      name: '@plimsoll/cel',
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22' },
      repository: { type: 'git', url: 'git+https://git.example.com/plimsoll.git', directory: 'packages/cel' },
      dependencies: { re2js: expect.any(String) },
    });
    expect(await text('package.json')).not.toMatch(/private|scripts|devDependencies/);
  });

  it('has every source that its maps point to', async () => {
    const maps = files.filter((path) => path.endsWith('.map'));
    const named = await Promise.all(
      maps.map(async (path) => {
        const { sources } = JSON.parse(await text(path)) as { sources: string[] };
        return sources.map((source) => normalize(join(dirname(path), source)));
      }),
    );
    expect(maps.length).toBeGreaterThan(100);
    expect(named.flat().filter((path) => !files.includes(path))).toEqual([]);
  });

  it('has every page that its README refers to', async () => {
    const links = [...(await text('README.md')).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('runs in a project of its own on plain Node.js', async () => {
    await write(
      app,
      'main.js',
      `import { Activation, blame, compile, evaluate, kubernetes, parse } from '@plimsoll/cel';
       import { generated } from '@plimsoll/cel/generate';
       import { kyverno } from '@plimsoll/cel/kyverno';
       import { standard } from '@plimsoll/cel/standard';
       const pod = { spec: { containers: [{ image: 'a:1' }] } };
       const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
       console.log(evaluate("object.spec.containers.all(c, c.image.matches('@sha256:'))", { object: pod }, environment));
       try { compile(parse('object.spek.'), environment); } catch (error) { console.log(error.name, error.issues.length); }
       console.log(compile(parse('1'), environment, { mode: generated }).run(new Activation(environment)));
       console.log(evaluate("md5('a').size()", {}, kyverno()), evaluate('math.abs(-1)', {}, standard()));
       console.log(typeof blame, import.meta.resolve('@plimsoll/cel').endsWith('/@plimsoll/cel/index.js'));`,
    );
    expect(await output(app, 'main.js')).toBe('false\nCompileError 1\n1\n32 1\nfunction true\n');
  });

  it('has stack traces in its TypeScript sources', async () => {
    await write(
      app,
      'trace.js',
      `import { parse } from '@plimsoll/cel';
       try { parse('1 +'); } catch (error) { console.log(error.stack); }`,
    );
    expect(await output(app, '--enable-source-maps', 'trace.js')).toContain(join('src', 'syntax', 'parser.ts'));
  });

  it.each([
    ['nodenext', ['--module', 'nodenext', '--moduleResolution', 'nodenext']],
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('has types for a strict consumer without those of Node.js: moduleResolution %s', async (_, options) => {
    await write(app, 'consumer.ts', consumer);
    const strict = ['--target', 'es2022', '--lib', 'es2022', '--types', '', ...options];
    expect(await typeErrors(app, [...strict, 'consumer.ts'])).toBe('');
    await write(app, 'wrong.ts', `${consumer}export const wrong: string = parse('1');\n`);
    expect(await typeErrors(app, [...strict, 'wrong.ts'])).toMatch(/^wrong\.ts\(11,14\): error TS2322: .*\n$/);
  });
});
