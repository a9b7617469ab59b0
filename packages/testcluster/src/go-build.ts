import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TestClusterUnavailable } from './unavailable.ts';

const run = promisify(execFile);

/** The folder of the Go module. */
export const goSources = fileURLToPath(new URL('../go', import.meta.url));

/** Builds the program from its sources. @throws {TestClusterUnavailable} where Go cannot */
export async function buildWithGo(output: string, signal: AbortSignal | undefined): Promise<void> {
  process.stderr.write(
    'testcluster: building etcd and the Kubernetes control plane with Go; the first time takes some minutes\n',
  );
  const version = await kubernetesVersion();
  const [major = '', minor = ''] = version.slice(1).split('.');
  const flags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((name) => [
    `-X ${name}.gitVersion=${version}`,
    `-X ${name}.gitMajor=${major}`,
    `-X ${name}.gitMinor=${minor}`,
    `-X ${name}.gitTreeState=clean`,
  ]);
  const started = Date.now();
  try {
    await run('go', ['build', '-trimpath', '-ldflags', ['-s', '-w', ...flags].join(' '), '-o', output, '.'], {
      cwd: goSources,
      maxBuffer: 64 << 20,
      ...(signal === undefined ? {} : { signal }),
      // Neither a workspace nor a vendor folder around us may change what is built.
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly -buildvcs=false', CGO_ENABLED: '0' },
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new TestClusterUnavailable(
      `go build failed: ${error instanceof Error ? error.message : String(error)}`,
      'check that the Go module proxy can be reached (go env GOPROXY)',
    );
  }
  process.stderr.write(`testcluster: built in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

/** The version of Kubernetes that go.mod names, such as v1.36.3. */
async function kubernetesVersion(): Promise<string> {
  const text = await readFile(join(goSources, 'go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(text)?.[1];
  if (version === undefined) throw new Error(`go.mod of the test cluster names no k8s.io/kubernetes`);
  return version;
}
