import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { fileResource } from './file-resource.ts';
import { withoutNullMembers } from './null-members.ts';

const place = { file: 'a.yaml', document: 1, line: 1 };

function bodyOf(apiVersion: string, kind: string, body: JsonObject): JsonObject {
  const object = { item: 'object' as const, apiVersion, kind, body: { apiVersion, kind, ...body }, place, column: 1 };
  return fileResource(object, 'files', new FileKinds()).body;
}

test('what is null in an object of Kubernetes is not there, as the API server takes it', () => {
  const metadata = { name: 'web', annotations: null };
  const container = { name: 'web', image: 'a:1', securityContext: null, env: [{ name: 'A', value: null }] };
  expect(bodyOf('v1', 'Pod', { metadata, spec: { initContainers: null, containers: [container] } })).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'a:1', env: [{ name: 'A' }] }] },
  });
});

test('what is null in another object may mean something', () => {
  const metadata = { name: 'a' };
  const spec = { limit: null };
  expect(bodyOf('example.com/v1', 'Widget', { metadata, spec })['spec']).toEqual({ limit: null });
});

test('an object without nulls stays the same one, and none is left', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const once = withoutNullMembers(object as JsonObject);
      expect(withoutNullMembers(once)).toBe(once);
      expect(JSON.stringify(once)).not.toMatch(/":null/);
    }),
  );
});
