import { type ClusterAccess, testUsers } from '@plimsoll/testcluster';
import { Agent, request } from 'undici';
import type { OpenApiSchema } from '../check/schema/open-api-schema.ts';

const group = 'rules.plimsoll.dev';
const root = 'spec.validation.openAPIV3Schema';

interface Status {
  readonly details?: { readonly causes?: readonly { readonly field: string; readonly message: string }[] };
}

/** What an API server says against a CRD with that schema: `path: message` by `path`, without the value it repeats. */
export async function refusals(cluster: ClusterAccess, schema: OpenApiSchema): Promise<readonly string[]> {
  const agent = new Agent({ connect: { ca: cluster.ca } });
  const { body } = await request(`${cluster.url}/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: `Bearer ${testUsers.admin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(definition(schema)),
  });
  const status = (await body.json()) as Status;
  await agent.destroy();
  return (status.details?.causes ?? [])
    .map(({ field, message }) => `${field}: ${withoutValue(message)}`.replaceAll(root, 'openAPIV3Schema'))
    .toSorted();
}

function withoutValue(message: string): string {
  const said =
    /(?:compilation failed|program inst|cel expression must|messageExpression (?:must|comp)|oldSelf cannot|may not be set)/;
  const at = message.search(said);
  return message.startsWith('Invalid value') && at !== -1 ? message.slice(at) : message.replace(/^Forbidden: /, '');
}

function definition(schema: OpenApiSchema): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}
