import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { PlimsollError } from '../../../model/errors.ts';

/** A file that is not as it was. */
export interface ChangedFile {
  /** Absolute, without symbolic links above it. */
  readonly path: string;
  /** What it held; null where it was not there. */
  readonly before: string | null;
  /** What it holds; null where it is gone. */
  readonly after: string | null;
}

const run = promisify(execFile);
const manifest = /\.(ya?ml|json)$/i;

/**
 * The manifests that differ from a commit in the working tree of the repository that some paths are in: what was
 * committed since, what was not yet, and every file that the commit does not hold, below the paths ignored ones as well.
 *
 * @throws PlimsollError PLM1019 where a path is in no git repository or in another one, PLM1017 for a commit that is not
 * there, PLM1018 where it may be one that a shallow clone lacks
 */
export async function changedFiles(ref: string, paths: readonly string[]): Promise<readonly ChangedFile[]> {
  const root = await repositoryOf(paths);
  const commit = await commitOf(root, ref);
  const raw = ['diff', '--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--ignore-submodules', commit];
  const others = ['ls-files', '--others', '-z', '--full-name'];
  const below = paths.map((path) => `:(top,literal)${relativeTo(root, path)}`);
  const tracked = rawChanges(await git(root, raw));
  const untracked = [
    await git(root, [...others, '--exclude-standard']),
    await git(root, [...others, '--', ...below]),
  ].flatMap((names) => names.split('\0').filter((name) => name !== ''));
  const blobs = new Map(tracked.map(({ path, blob }) => [path, blob]));
  for (const path of untracked) if (!blobs.has(path)) blobs.set(path, null);
  const named = new Set(paths.map((path) => relativeTo(root, path)));
  const changed = [...blobs].filter(([path]) => manifest.test(path) || named.has(path));
  const held = await contents(root, [...new Set(changed.flatMap(([, blob]) => blob ?? []))]);
  return changed.map(([path, blob]) => {
    const file = join(root, path);
    const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    const before = blob === null ? null : (held.get(blob) ?? null);
    return { path: file, before, after: isThere ? readFileSync(file, 'utf8') : null };
  });
}

/** The path with what is linked above it resolved; of one that is gone, the path as it is. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    return whole;
  }
}

/** The root of the repository that a path is in; null where it is in none. */
export async function rootOf(path: string): Promise<string | null> {
  const real = realPath(path);
  const folder = existsSync(real) && statSync(real).isDirectory() ? real : dirname(real);
  try {
    return realPath((await git(folder, ['rev-parse', '--show-toplevel'])).trim());
  } catch (error) {
    if (isMissing(error))
      throw new PlimsollError('PLM1019', 'There is no git to ask what changed.', {}, { cause: error });
    return null;
  }
}

async function repositoryOf(paths: readonly string[]): Promise<string> {
  const roots = new Map<string, string>();
  for (const path of paths) {
    const root = await rootOf(path);
    if (root === null) throw new PlimsollError('PLM1019', `${path} is in no git repository.`);
    roots.set(root, path);
  }
  const [[root] = [null], other] = [...roots];
  if (root === null) throw new PlimsollError('PLM1019', 'There is no path to compare with a commit.');
  if (other !== undefined)
    throw new PlimsollError('PLM1019', `${other[1]} is in another git repository than ${roots.get(root) ?? ''}.`);
  return root;
}

async function commitOf(root: string, ref: string): Promise<string> {
  try {
    return (await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])).trim();
  } catch (error) {
    const isShallow = (await git(root, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
    const message = `There is no commit "${ref}" in ${root}`;
    if (isShallow) throw new PlimsollError('PLM1018', `${message}, which is a shallow clone.`, {}, { cause: error });
    throw new PlimsollError('PLM1017', `${message}.`, {}, { cause: error });
  }
}

function relativeTo(root: string, path: string): string {
  const real = realPath(path);
  return real === root ? '' : real.slice(root.length + 1);
}

/** `:MODE MODE SHA SHA STATUS` and the path of each file (git-diff, "RAW OUTPUT FORMAT"). */
function rawChanges(raw: string): { readonly path: string; readonly blob: string | null }[] {
  const words = raw.split('\0');
  const changes: { path: string; blob: string | null }[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [, , blob = ''] = (words[at] ?? '').split(' ');
    changes.push({ path: words[at + 1] ?? '', blob: /^0+$/.test(blob) ? null : blob });
  }
  return changes;
}

/** What blobs hold, all asked of one process. */
async function contents(root: string, blobs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (blobs.length === 0) return found;
  const child = spawn('git', ['-C', root, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(blobs.map((blob) => `${blob}\n`).join(''));
  child.stdout.setEncoding('latin1');
  const answer = Buffer.from(await text(child.stdout), 'latin1');
  for (let at = 0; at < answer.length;) {
    const line = answer.indexOf('\n', at);
    const [blob = '', , size = '0'] = answer.toString('latin1', at, line).split(' ');
    found.set(blob, answer.toString('utf8', line + 1, line + 1 + Number(size)));
    at = line + 1 + Number(size) + 1;
  }
  return found;
}

async function git(folder: string, words: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...words], { maxBuffer: 1024 ** 3 });
  return stdout;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
