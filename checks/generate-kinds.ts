import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestCluster } from '@plimsoll/testcluster';
import { format } from 'prettier';
import { everyGate, servedKinds } from './served-kinds.ts';

// Writes packages/plimsoll/src/model/kubernetes-kinds.ts from a real API server (`npm run generate:kinds`).
const cluster = await TestCluster.start(everyGate);
try {
  const { gitVersion } = await cluster.admin.get('/version');
  const rows = await servedKinds(cluster.admin);
  const text = `/** Group ('' for core), kind, resource, whether it has a namespace. */
export type KindRow = readonly [group: string, kind: string, resource: string, namespaced: boolean];

/**
 * Kubernetes' own kinds, as kube-apiserver ${gitVersion} serves them with every version and gate on. Made by
 * \`npm run generate:kinds\`; checks/kinds.test.ts holds it to a real server.
 */
export const kubernetesKinds: readonly KindRow[] = ${JSON.stringify(rows)};
`;
  const file = join(import.meta.dirname, '../packages/plimsoll/src/model/kubernetes-kinds.ts');
  writeFileSync(file, await format(text, { parser: 'typescript', singleQuote: true, printWidth: 120 }));
  process.stdout.write(`${rows.length} kinds of ${gitVersion}\n`);
} finally {
  await cluster.stop();
}
