import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { listKeys } from './list-keys.ts';

/** Where Go keeps the module that testcluster is built from. */
const openApi = join(homedir(), 'go/pkg/mod/k8s.io/kubernetes@v1.36.3/api/openapi-spec/swagger.json');

const property = z.looseObject({
  'x-kubernetes-list-map-keys': z.array(z.string()).optional(),
  'x-kubernetes-patch-merge-key': z.string().optional(),
});
const schema = z.object({
  definitions: z.record(z.string(), z.looseObject({ properties: z.record(z.string(), property).optional() })),
});

test.skipIf(!existsSync(openApi))('the keys of lists are those of Kubernetes’ OpenAPI', () => {
  const { definitions } = schema.parse(JSON.parse(readFileSync(openApi, 'utf8')));
  const fields = Object.values(definitions).flatMap(({ properties }) => Object.entries(properties ?? {}));
  const said = fields.flatMap(([field, of]) => {
    const merge = of['x-kubernetes-patch-merge-key'];
    const keys = of['x-kubernetes-list-map-keys'] ?? (merge === undefined ? undefined : [merge]);
    return keys === undefined ? [] : [`${field}: ${keys.join()}`];
  });
  const known = Object.entries(listKeys).flatMap(([field, ways]) => ways.map((keys) => `${field}: ${keys.join()}`));
  expect(known.toSorted()).toEqual([...new Set(said)].toSorted());
});
