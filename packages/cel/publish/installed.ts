import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildPackage } from './build.ts';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../../..');

/** Builds the package in `folder`/built and packs it, as `npm publish` would; gives the paths in the tarball. */
export async function packed(folder: string): Promise<{ readonly tarball: string; readonly files: readonly string[] }> {
  const built = join(folder, 'built');
  await buildPackage(built, 'git+https://git.example.com/plimsoll.git');
  return pack(built, folder);
}

async function pack(from: string, into: string) {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into], {
    cwd: from,
  });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(into, filename), files: files.map(({ path }) => path) };
}

/** Installs the tarball in `folder`/app, a package of its own outside any workspace, without a registry. */
export async function installed(folder: string, tarball: string): Promise<string> {
  const app = join(folder, 'app');
  await write(app, 'package.json', '{ "name": "app", "private": true, "type": "module" }');
  const re2js = await pack(join(repository, 'node_modules/re2js'), folder);
  await run('npm', ['install', '--offline', '--ignore-scripts', tarball, re2js.tarball], { cwd: app });
  return app;
}

/** Writes a file of a project. */
export async function write(project: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true });
  await writeFile(join(project, path), text);
}

/** Runs a program of a project on this Node.js; gives what it prints. */
export async function output(project: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: project });
  return stdout;
}

/** What tsc says about a project. */
export async function typeErrors(project: string, options: readonly string[]): Promise<string> {
  const tsc = join(repository, 'node_modules/.bin/tsc');
  const args = [tsc, '--noEmit', '--strict', '--skipLibCheck', 'false', '--pretty', 'false', ...options];
  return run(process.execPath, args, { cwd: project }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
}
