import { createServer } from 'node:http';
import { request } from 'undici';
import { ClusterAccess, type ClusterAddress } from './cluster-access.ts';
import { TestCluster } from './test-cluster.ts';
import { TestClusterUnavailable, testClusterOrSkip } from './unavailable.ts';

/** Where test processes ask for the shared cluster; set by the test run's set-up. */
const ADDRESS_VARIABLE = 'PLIMSOLL_SHARED_TESTCLUSTER';

type Answer =
  | { readonly address: ClusterAddress }
  | { readonly unavailable: { readonly reason: string; readonly remedy: string } }
  | { readonly failed: string };

/**
 * vitest's global set-up: one cluster for the whole run, started when the first test asks for it, ended with the run.
 * Gives the tear-down.
 */
export async function shareTestCluster(): Promise<() => Promise<void>> {
  let cluster: Promise<TestCluster> | undefined;
  const server = createServer((_, response) => {
    cluster ??= TestCluster.start({ controllerManager: true, scheduler: true });
    void cluster
      .then(({ url, ca, kubeconfig, clientAuthority }): Answer => {
        return { address: { url, ca, kubeconfig, clientAuthority } };
      })
      .catch((error: unknown): Answer => {
        if (error instanceof TestClusterUnavailable)
          return { unavailable: { reason: error.reason, remedy: error.remedy } };
        return { failed: error instanceof Error ? error.message : String(error) };
      })
      .then((answer) => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  process.env[ADDRESS_VARIABLE] = `http://127.0.0.1:${address.port}`;
  return async () => {
    server.close();
    server.closeAllConnections();
    await cluster?.then(
      (running) => running.stop(),
      () => undefined, // told to whoever asked for it
    );
  };
}

/**
 * The cluster that all tests of a run share; keep apart by namespace. Undefined, with a loud line, where none can run
 * here; with `CI=true` that is an error.
 */
export function sharedTestCluster(): Promise<ClusterAccess | undefined> {
  return testClusterOrSkip(async () => {
    const address = process.env[ADDRESS_VARIABLE];
    if (address === undefined) throw new Error('the shared test cluster needs the set-up of vitest.config.ts');
    const { body } = await request(address, { headersTimeout: 0, bodyTimeout: 0 });
    const answer = (await body.json()) as Answer;
    if ('unavailable' in answer) throw new TestClusterUnavailable(answer.unavailable.reason, answer.unavailable.remedy);
    if ('failed' in answer) throw new Error(`the shared test cluster did not start: ${answer.failed}`);
    return new ClusterAccess(answer.address);
  });
}
