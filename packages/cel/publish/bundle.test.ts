import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundled } from './bundle.ts';
import { chromiumOrSkip, runOnPage } from './chromium.ts';
import { installed, packed } from './installed.ts';

let folder: string;
let app: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-cel-'));
  const { tarball } = await packed(folder);
  app = await installed(folder, tarball);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything of some entry points. */
function all(...paths: readonly string[]): string {
  return paths.map((path) => `export * from '@plimsoll/cel${path}';`).join('\n');
}

describe('what an application’s bundle has of it, in KiB, minified and gzipped, without re2js', () => {
  it.each([
    ['the parser', "export { parse } from '@plimsoll/cel';", 4.6],
    ['field paths', "export { parse, paths } from '@plimsoll/cel';", 6.6],
    [
      'Kubernetes’ dialect without the checker',
      "export { Activation, compileUnchecked, kubernetes, parse } from '@plimsoll/cel';",
      36.2,
    ],
    ['Kubernetes’ dialect, checked', "export { evaluate, kubernetes } from '@plimsoll/cel';", 48.5],
    // All that runs Kubernetes' dialect: types, schemas, explanation.
    ['the main entry point', all(''), 58.3],
    ['with what authors of CRDs ask', all('', '/crd'), 63.4],
    ['with completion and hover', all('', '/editor'), 63.7],
    ['with generated code', all('', '/generate'), 67.2],
    ['with Kyverno’s dialect', all('', '/kyverno'), 66.5],
    ['every entry point', all('', '/crd', '/editor', '/generate', '/kyverno', '/standard'), 86.2],
  ])('%s: %s', async (_, entry, budget) => {
    const { gzipBytes } = await bundled(app, entry, { withoutRe2js: true });
    expect(gzipBytes / 1024).toBeLessThanOrEqual(budget);
    expect(gzipBytes / 1024).toBeGreaterThan(budget * 0.8);
  });

  it('nothing, where nothing of it is used, also to a bundler that trusts no promise of the package', async () => {
    const entry = ['', '/crd', '/editor', '/generate', '/kyverno', '/standard']
      .map((path) => `import '@plimsoll/cel${path}';`)
      .join('\n');
    const { code } = await bundled(app, entry, { withoutRe2js: true, distrustful: true });
    expect(code).toBe('');
  });

  it('no declarations where nothing is checked', async () => {
    const unchecked = "export { Activation, compileUnchecked, kubernetes, parse } from '@plimsoll/cel';";
    const declares = async (entry: string): Promise<boolean> =>
      (await bundled(app, entry)).code.includes('quantity_is_greater_than');
    expect(await declares(all(''))).toBe(true);
    expect(await declares(unchecked)).toBe(false);
  });

  it.each([
    ['crd', 'exceeds budget by factor'],
    ['editor', 'true where the string begins so'],
    ['generate', 'return true'],
    ['kyverno', 'parseServiceAccount'],
    ['standard', 'bitShiftLeft'],
  ])('of the entry point %s nothing, where it is not imported: %s', async (path, absent) => {
    const has = async (entry: string): Promise<boolean> => (await bundled(app, entry)).code.includes(absent);
    expect(await has(`export * from '@plimsoll/cel/${path}';`)).toBe(true);
    expect(await has("export * from '@plimsoll/cel';")).toBe(false);
  });

  it('nothing of Node.js, and nothing that is left to import', async () => {
    const { code, imports } = await bundled(app, "export * from '@plimsoll/cel';");
    expect(code.match(/\bnode:|(?<![\w$#.])(?:Buffer|process|require|__dirname|__filename)(?![\w$`])/g)).toBeNull();
    expect(imports).toEqual([]);
  });
});

const page = `
import { admission, check, compile, evaluate, explain, kubernetes, parse, Activation, types } from '@plimsoll/cel';
import { complete } from '@plimsoll/cel/editor';
import { auto } from '@plimsoll/cel/generate';
import { kyverno } from '@plimsoll/cel/kyverno';

const object = { metadata: { labels: { constructor: 'x' } }, spec: { replicas: 3, containers: [{ image: 'a/b:1' }] } };
const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
const typed = admission(kubernetes('1.36', 'new', { variables: ['object'] }), {
  types: { object: types.struct('Pod', types.fieldTable({ replicas: types.int, region: types.string })) },
});
const program = compile(parse("object.spec.containers.all(c, c.image.matches('^a/.*:[0-9]+$'))"), environment);
const often = compile(parse('object.spec.replicas == 3'), environment, { mode: auto });
const activation = new Activation(environment, { object });
const values = new Set();
for (let i = 0; i < 2000; i += 1) values.add(often.run(activation));
let forbidden;
try {
  new Function('return 1')();
} catch (error) {
  forbidden = error.name;
}
globalThis.answers = {
  forbidden,
  evaluated: evaluate("object.metadata.labels.constructor + '%d'.format([object.spec.replicas])", { object }, environment),
  run: program.run(new Activation(environment, { object })),
  often: [...values],
  kyverno: evaluate("sha256('a').size()", {}, kyverno()),
  quantity: evaluate("quantity('1Gi').isGreaterThan(quantity('1G')) && semver('1.10.0').isGreaterThan(semver('1.9.0'))", {}, environment),
  url: evaluate("url('https://example.com:80/a').getPort() + string(ip('::1')) + string(timestamp('2026-01-01T00:00:00Z').getHours('Asia/Kolkata'))", {}, environment),
  checked: check(parse('object.replica > 0'), typed).issues.map(({ message }) => message),
  completed: complete('object.re', 9, typed).items.map(({ label }) => label),
  explained: explain(program, new Activation(environment, { object })).map(({ text, value }) => [text, JSON.stringify(value)]),
};
`;

const browser = await chromiumOrSkip();
afterAll(() => browser?.close());

describe.skipIf(browser === undefined)('in Chromium, on a page that forbids all but its own scripts', () => {
  it('evaluates, checks, completes and explains', async () => {
    const { code } = await bundled(app, page);
    expect(browser === undefined ? null : await runOnPage(browser, code)).toEqual({
      faults: [],
      answers: {
        forbidden: 'EvalError',
        evaluated: 'x3',
        run: true,
        often: [true],
        kyverno: 64,
        quantity: true,
        url: '80::15',
        checked: ["undefined field 'replica'"],
        completed: ['replicas', 'region'],
        explained: [
          ["object.spec.containers.all(c, c.image.matches('^a/.*:[0-9]+$'))", 'true'],
          ['object.spec.containers', '[{"image":"a/b:1"}]'],
          ["c.image.matches('^a/.*:[0-9]+$')", 'true'],
          ['c.image', '"a/b:1"'],
        ],
      },
    });
  });
});
