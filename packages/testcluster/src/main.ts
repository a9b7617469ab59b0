import { playWorkloads } from './playground.ts';
import { TestCluster } from './test-cluster.ts';
import { TestClusterUnavailable } from './unavailable.ts';

/** A cluster for a developer to play with, until Ctrl-C. */
async function main(signal: AbortSignal): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say('Starting a Kubernetes API server …');
  const cluster = await TestCluster.start({ controllerManager: true, scheduler: true, signal });
  const { kubeconfig, url } = cluster;
  const interrupted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  try {
    const play = playWorkloads(
      cluster.admin,
      signal,
      () => {
        process.stdout.write(`${kubeconfig}\n`);
        say(
          [
            '',
            `A Kubernetes API server at ${url}; its pods come and go, some of them careless. In another terminal:`,
            '',
            `  export KUBECONFIG=${kubeconfig}`,
            '  npm start',
            '',
            'Contexts: admin (may do anything), viewer and nobody (nothing, until RBAC says so). Ctrl-C ends it.',
          ].join('\n'),
        );
      },
      say,
    );
    await Promise.race([play, interrupted]);
    // A request that the end of the cluster breaks off tells nothing.
    play.catch(() => undefined);
  } finally {
    await cluster.stop();
  }
}

const stopped = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopped.abort());

await main(stopped.signal).catch((error: unknown) => {
  if (stopped.signal.aborted) return;
  const known = error instanceof TestClusterUnavailable;
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
