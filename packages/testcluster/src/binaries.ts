import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withLock } from './build-lock.ts';
import { buildWithGo, goSources } from './go-build.ts';
import { hasCode } from './system-error.ts';
import { TestClusterUnavailable } from './unavailable.ts';

const run = promisify(execFile);
const installGo =
  'install Go 1.26 or later (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver';

/** A program of the control plane. */
export type Component = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

/** How to start a component: a program, its first arguments, and whether it ends by itself when its stdin ends. */
export interface Executable {
  readonly file: string;
  readonly leadingArguments: readonly string[];
  readonly endsWithStdin: boolean;
}

/**
 * Where the program of a component is: in the folder that `KUBEBUILDER_ASSETS` names (the convention of
 * controller-runtime's envtest), or else in our own program, built on first use.
 * Throws `TestClusterUnavailable` where there is neither.
 */
export async function executable(component: Component, signal?: AbortSignal): Promise<Executable> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') {
    const file = join(assets, component);
    if (await isExecutable(file)) return { file, leadingArguments: [], endsWithStdin: false };
    throw new TestClusterUnavailable(
      `KUBEBUILDER_ASSETS is set, and there is no program ${file}`,
      'put it there, or unset KUBEBUILDER_ASSETS to have it built with Go',
    );
  }
  return { file: await testClusterProgram(signal), leadingArguments: [component], endsWithStdin: true };
}

/**
 * The path of our multi-call program (etcd, control plane, oracles), built if this source was never built here. The
 * signal of the first who asks ends the build.
 */
export function testClusterProgram(signal?: AbortSignal): Promise<string> {
  program ??= buildOnce(join(cacheFolder(), 'plimsoll', 'testcluster'), (output) => buildWithGo(output, signal));
  program.catch(() => (program = undefined));
  return program;
}

let program: Promise<string> | undefined;

/**
 * Builds the program under `root`, in a folder named by the hash of its sources and Go's version, unless it is
 * there. It appears under its final name only when whole; concurrent builders wait for one of them.
 */
async function buildOnce(root: string, build: Build): Promise<string> {
  const folder = join(root, await buildKey());
  const finished = join(folder, 'testcluster');
  if (await isExecutable(finished)) return finished;
  return withLock(join(root, `${folder.slice(root.length + 1)}.lock`), async () => {
    if (await isExecutable(finished)) return finished;
    await mkdir(folder, { recursive: true });
    const half = join(folder, `testcluster.${process.pid}.partial`);
    try {
      await build(half);
      await rename(half, finished);
    } finally {
      await rm(half, { force: true });
    }
    return finished;
  });
}

type Build = (output: string) => Promise<void>;

async function buildKey(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await goVersion());
  // The recipe is part of what is built: other link flags give another program.
  const recipe = fileURLToPath(new URL('go-build.ts', import.meta.url));
  const sources = (await readdir(goSources)).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).toSorted();
  for (const path of [recipe, ...sources.map((name) => join(goSources, name))]) {
    hash.update('\0').update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 20);
}

async function goVersion(): Promise<string> {
  try {
    // In the sources' folder, where go.mod chooses the toolchain.
    const { stdout } = await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: goSources });
    return stdout;
  } catch (error) {
    const reason = hasCode(error, 'ENOENT') ? 'Go is not installed' : `go env failed: ${String(error)}`;
    throw new TestClusterUnavailable(reason, installGo);
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

function cacheFolder(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  return configured !== undefined && configured !== '' ? configured : join(homedir(), '.cache');
}
