import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type OutputChunk, rolldown } from 'rolldown';
import { type OwnManifest, entriesOf, publishedManifest } from './manifest.ts';

const run = promisify(execFile);
const cel = join(import.meta.dirname, '..');
const repository = join(cel, '../..');
const tsconfig = join(cel, 'tsconfig.build.json');
const source = join(cel, 'src');
const ENTRY = '\0entry';

/**
 * Makes the package as it is published in a folder, which is emptied first: an ES module for each entry point and for
 * what they share, because a hundred and fifty take Node.js twice as long to start; types; the sources, to which the
 * maps of both point; README, licence and the pages that README refers to.
 * @throws where the sources do not compile, without Node.js's types, to what a browser can run.
 */
export async function buildPackage(folder: string, url: string | null): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const own = JSON.parse(await readFile(join(cel, 'package.json'), 'utf8')) as OwnManifest;
  const names = Object.values(entriesOf(own));
  await Promise.all([
    writeModules(folder, names),
    writeTypes(folder).then(() => writeSources(folder)),
    writePages(folder),
  ]);
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(own, url), null, 2)}\n`);
}

/**
 * Folders of src in the order in which their modules stand in the module of the main entry point: gzip finds again what
 * stands within 32 kB, so what is written alike stands together; what imports the rest is last, or it would bring its
 * own order. 1.4 kB less of 63 than in the order of the imports.
 */
const folders = [
  'check/types',
  'libraries',
  'syntax',
  'functions',
  'values',
  'check/declarations',
  'check/cost',
  'environment',
  'check/schema',
  'explain',
  'evaluate',
  'check',
  '.',
];

/** A module that imports others in that order, and exports what the entry exports. */
function orderedEntry(entry: string, modules: readonly string[]): string {
  const rank = (path: string): number => folders.indexOf(dirname(relative(source, path)));
  const sorted = modules.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const imports = sorted.map((path) => `import ${JSON.stringify(path)};`);
  return [...imports, `export * from ${JSON.stringify(entry)};`].join('\n');
}

/** The modules that are left of what an entry imports, once types are gone; without the entry itself. */
async function modulesOf(entry: string): Promise<readonly string[]> {
  const bundle = await rolldown({ input: entry, external: ['re2js'], tsconfig });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const ids = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return ids.filter((id) => id.startsWith(source) && id !== entry);
}

/**
 * What the main entry needs is one module, which the other entry points import as well; each has the rest that it
 * needs.
 */
async function writeModules(folder: string, names: readonly string[]): Promise<void> {
  const main = join(source, 'index.ts');
  const modules = new Set(await modulesOf(main));
  const entry = orderedEntry(main, [...modules]);
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, name === 'index' ? ENTRY : join(source, `${name}.ts`)])),
    external: ['re2js'],
    tsconfig,
    plugins: [
      { name: 'entry', resolveId: (id) => (id === ENTRY ? id : null), load: (id) => (id === ENTRY ? entry : null) },
    ],
  });
  const { output } = await bundle.generate({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    chunkFileNames: '[name].js',
    codeSplitting: {
      groups: [
        { name: 'cel', test: (id) => modules.has(id), priority: 1 },
        { name: 'extensions', minShareCount: 2 },
      ],
    },
  });
  await bundle.close();
  await Promise.all(output.flatMap((chunk) => (chunk.type === 'chunk' ? [writeModule(folder, chunk)] : [])));
}

async function writeModule(folder: string, { fileName, code, map }: OutputChunk): Promise<void> {
  // What only exports what another module has needs none.
  if (map === null) return writeFile(join(folder, fileName), code);
  const text = code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '').trimEnd();
  await writeFile(join(folder, fileName), `${text}\n//# sourceMappingURL=${fileName}.map\n`);
  // Without the sources' text, which is in the package already.
  const sources = map.sources.map((path) => join('src', relative(source, resolve(folder, path))));
  const { version, names, mappings } = map;
  const own = { version, file: fileName, sources, names, mappings };
  return writeFile(join(folder, `${fileName}.map`), JSON.stringify(own));
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

/** What there are types of: no tests, and nothing that only they import. */
async function writeSources(folder: string): Promise<void> {
  const types = await readdir(join(folder, 'types'), { recursive: true });
  const paths = types.filter((path) => path.endsWith('.d.ts')).map((path) => path.replace(/\.d\.ts$/, '.ts'));
  await Promise.all(paths.map((path) => cp(join(source, path), join(folder, 'src', path))));
}

async function writePages(folder: string): Promise<void> {
  await cp(join(repository, 'LICENSE'), join(folder, 'LICENSE'));
  await cp(join(cel, 'docs'), join(folder, 'docs'), { recursive: true });
  for (const page of ['cel-conformance.md', 'cel-api-server.md'])
    await cp(join(repository, 'docs', page), join(folder, 'docs', page));
  const readme = await readFile(join(cel, 'README.md'), 'utf8');
  await writeFile(join(folder, 'README.md'), readme.replaceAll('](../../docs/', '](docs/'));
}
