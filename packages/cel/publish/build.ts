import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { type OwnManifest, publishedManifest } from './manifest.ts';

const run = promisify(execFile);
const cel = join(import.meta.dirname, '..');
const repository = join(cel, '../..');
const tsconfig = join(cel, 'tsconfig.build.json');
const ENTRY = '\0entry';

/**
 * Makes the package as it is published in a folder, which is emptied first: one ES module, because a hundred and fifty
 * take Node.js twice as long to start; types; the sources, to which the maps of both point; README, licence and the
 * pages that README refers to.
 * @throws where the sources do not compile, without Node.js's types, to what a browser can run.
 */
export async function buildPackage(folder: string, url: string | null): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all([writeModule(folder), writeTypes(folder), writeSources(folder), writePages(folder)]);
  const own = JSON.parse(await readFile(join(cel, 'package.json'), 'utf8')) as OwnManifest;
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(own, url), null, 2)}\n`);
}

/**
 * Folders of src in the order in which their modules stand in the one module: gzip finds again what stands within
 * 32 kB, so what is written alike stands together; what imports the rest is last, or it would bring its own order. 1.4 kB less of 63 than in the order of the imports.
 */
const folders = [
  'check/types',
  'libraries',
  'syntax',
  'functions',
  'values',
  'check/declarations',
  'check/cost',
  'check/complete',
  'environment',
  'check/schema',
  'explain',
  'evaluate',
  'check',
  '.',
];

/** A module that imports all others in that order, and exports what the package exports. */
async function orderedEntry(): Promise<string> {
  const source = join(cel, 'src');
  const names = (await readdir(source, { recursive: true })).filter(
    (path) => /^(?!conformance).*(?<!\.test)\.ts$/.test(path) && path !== 'index.ts',
  );
  const rank = (path: string): number => folders.indexOf(dirname(path));
  const sorted = names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const paths = sorted.map((path) => JSON.stringify(join(source, path)));
  return [...paths.map((path) => `import ${path};`), `export * from ${JSON.stringify(join(source, 'index.ts'))};`].join(
    '\n',
  );
}

async function writeModule(folder: string): Promise<void> {
  const entry = await orderedEntry();
  const bundle = await rolldown({
    input: { index: ENTRY },
    external: ['re2js'],
    tsconfig,
    plugins: [
      { name: 'entry', resolveId: (id) => (id === ENTRY ? id : null), load: (id) => (id === ENTRY ? entry : null) },
    ],
  });
  const { output } = await bundle.generate({ dir: folder, format: 'esm', sourcemap: true });
  await bundle.close();
  const [chunk] = output;
  const { map } = chunk;
  if (map === null) throw new Error('no source map');
  const code = chunk.code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '').trimEnd();
  await writeFile(join(folder, 'index.js'), `${code}\n//# sourceMappingURL=index.js.map\n`);
  // Without the sources' text, which is in the package already.
  const sources = map.sources.map((source) => join('src', relative(join(cel, 'src'), resolve(folder, source))));
  const { version, names, mappings } = map;
  await writeFile(
    join(folder, 'index.js.map'),
    JSON.stringify({ version, file: 'index.js', sources, names, mappings }),
  );
}

async function writeTypes(folder: string): Promise<void> {
  const types = join(folder, 'types');
  await run(process.execPath, [join(repository, 'node_modules/.bin/tsc'), '-p', tsconfig, '--outDir', types]);
  const maps = await readdir(types, { recursive: true });
  await Promise.all(maps.filter((path) => path.endsWith('.map')).map((path) => pointIntoPackage(folder, path)));
}

/** TypeScript's map of a declaration points out of the package, to where the source was compiled. */
async function pointIntoPackage(folder: string, path: string): Promise<void> {
  const file = join(folder, 'types', path);
  const source = join(folder, 'src', path.replace(/\.d\.ts\.map$/, '.ts'));
  const map: unknown = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...(map as object), sources: [relative(dirname(file), source)] }));
}

/** All but tests and what only they import. */
async function writeSources(folder: string): Promise<void> {
  await cp(join(cel, 'src'), join(folder, 'src'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts') && !relative(cel, path).startsWith(join('src', 'conformance')),
  });
}

async function writePages(folder: string): Promise<void> {
  await cp(join(repository, 'LICENSE'), join(folder, 'LICENSE'));
  await cp(join(cel, 'docs'), join(folder, 'docs'), { recursive: true });
  await cp(join(repository, 'docs/cel-conformance.md'), join(folder, 'docs/cel-conformance.md'));
  const readme = await readFile(join(cel, 'README.md'), 'utf8');
  await writeFile(join(folder, 'README.md'), readme.replaceAll('](../../docs/', '](docs/'));
}
