import { spawn } from 'node:child_process';
import { z } from 'zod';
import { ApiFailure } from './failure.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig.ts';

const credentialSchema = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    expirationTimestamp: z.string().nullish(),
    token: z.string().nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
  }),
});

/** What a plug-in gave. `expires` in milliseconds since 1970; null: until the server refuses it. */
export interface ExecCredential {
  readonly token: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly expires: number | null;
}

const TIME_LIMIT = 10_000;
const OUTPUT_LIMIT = 1_000_000;

function execInfo(exec: ExecEntry, cluster: ClusterEntry): string {
  const described = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
  };
  return JSON.stringify({
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: described } : {}) },
  });
}

function run(exec: ExecEntry, cluster: ClusterEntry, signal: AbortSignal): Promise<string> {
  const given = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const env = { ...process.env, ...given, KUBERNETES_EXEC_INFO: execInfo(exec, cluster) };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT)]);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      const hint = exec.installHint === undefined ? '' : ` (${exec.installHint.trim()})`;
      reject(new ApiFailure('credentials', `the plug-in ${exec.command} ${why}${hint}`, { cause }));
    };
    // Its own process group, so that at the time limit its children end too; no terminal: it must not ask anybody.
    const child = spawn(exec.command, exec.args ?? [], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) fail('cannot be ended', error);
      }
      fail(`gave no credential within ${TIME_LIMIT / 1000} s`);
    };
    limit.addEventListener('abort', end, { once: true });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      output += part;
      if (output.length > OUTPUT_LIMIT) end();
    });
    // What it says on stderr may hold secrets: it is read, so that it cannot block, and let go.
    child.stderr.resume();
    child.on('error', (error) => fail(`cannot be started: ${error.message}`, error));
    child.on('close', (code) => {
      limit.removeEventListener('abort', end);
      if (code === 0) resolve(output);
      else fail(`ended with ${String(code ?? 'a signal')}`);
    });
  });
}

/**
 * Asks an exec plug-in for a credential (client.authentication.k8s.io/v1 and v1beta1): without a terminal, at most
 * 10 s. Throws {@link ApiFailure} of kind `credentials`.
 */
export async function execCredential(
  exec: ExecEntry,
  cluster: ClusterEntry,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const output = await run(exec, cluster, signal);
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch (error) {
    throw new ApiFailure('credentials', `the plug-in ${exec.command} printed no JSON`, { cause: error });
  }
  const parsed = credentialSchema.safeParse(document);
  if (!parsed.success) {
    throw new ApiFailure('credentials', `the plug-in ${exec.command} printed no ExecCredential with a status`);
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = parsed.data.status;
  const expires = Date.parse(expirationTimestamp ?? '');
  return {
    token: token ?? null,
    certificate: clientCertificateData ?? null,
    key: clientKeyData ?? null,
    expires: Number.isNaN(expires) ? null : expires,
  };
}
