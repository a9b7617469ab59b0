import { type OpenApiDocument, type Type, typeOfKind } from '@plimsoll/cel';
import { TestCluster } from '../../packages/testcluster/src/index.ts';

/** The type of a Pod, from the OpenAPI document of an API server that is started for it. */
export async function podType(): Promise<Type> {
  const cluster = await TestCluster.start();
  try {
    const document = (await cluster.admin.get('/openapi/v3/api/v1')) as OpenApiDocument;
    const pod = typeOfKind(document, { group: '', version: 'v1', kind: 'Pod' });
    if (pod === null) throw new Error('the API server shows no Pod');
    return pod.type;
  } finally {
    await cluster.stop();
  }
}
