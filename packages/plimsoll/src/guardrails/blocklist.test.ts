import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { type BlockingGuardrail, blockImage, blockResource, blockVersion } from './blocklist.ts';
import { emptyWorld } from './empty-world.ts';
import { newestDialect } from './evaluate/dialect.ts';
import { evaluateResource } from './evaluate/evaluator.ts';
import { readPolicyDocument } from './formats/registry.ts';
import { guardrailsOf } from './policy-set.ts';

function resource(type: string, kind: string, name: string, body: JsonObject): Resource {
  const scope = type === 'core/nodes' ? null : 'shop';
  const rest = { uid: null, version: null, unseen: [], place: null };
  return { source: 'files', type, scope, name, apiVersion: 'v1', kind, body: { metadata: { name }, ...body }, ...rest };
}

/** The outcome of a guardrail on a resource, and its message. */
function judged(guardrail: BlockingGuardrail | null, on: Resource): readonly [string, string | undefined] {
  const body = JSON.parse(JSON.stringify(guardrail)) as JsonObject;
  const { guardrails } = guardrailsOf(
    readPolicyDocument({ source: 'files', origin: 'files', body, place: null }),
    () => newestDialect,
  );
  expect(guardrails.flatMap(({ problems }) => problems)).toEqual([]);
  const [verdict] = evaluateResource(on, guardrails, emptyWorld);
  return [verdict?.outcome ?? 'none', verdict?.violations[0]?.message];
}

describe('images', () => {
  test.each([
    ['docker.io/evil/*', 'docker.io/evil/miner:1', 'fail'],
    ['docker.io/evil/*', 'evil/miner', 'fail'],
    ['docker.io/evil/*', 'index.docker.io/evil/miner@sha256:0', 'fail'],
    ['docker.io/evil/*', 'quay.io/evil/miner', 'pass'],
    ['docker.io/evil/*', 'docker.io/evilish/miner', 'pass'],
    ['docker.io/library/nginx', 'nginx', 'fail'],
    ['docker.io/library/nginx', 'library/nginx:1.27', 'fail'],
    ['docker.io/library/nginx', 'docker.io/library/nginx@sha256:0', 'fail'],
    ['docker.io/library/nginx', 'nginx-unprivileged', 'pass'],
    ['docker.io/library/nginx', 'bitnami/nginx', 'pass'],
    ['registry.example.com/app:1.2', 'registry.example.com/app:1.2', 'fail'],
    ['registry.example.com/app:1.2', 'registry.example.com/app:1.20', 'pass'],
    ['registry.example.com/app:1.2', 'registryxexample.com/app:1.2', 'pass'],
    ['registry.example.com:5000/app', 'registry.example.com:5000/app:2', 'fail'],
    ['registry.example.com:5000/app', 'registry.example.com:5000/apple:2', 'pass'],
    ['*:latest', 'quay.io/a/b:latest', 'fail'],
    ["it's^odd(", "it's^odd(", 'fail'],
  ])('%s on %s: %s', (pattern, image, outcome) => {
    const pod = resource('core/pods', 'Pod', 'web', { spec: { containers: [{ name: 'app', image }] } });
    expect(judged(blockImage(pattern), pod)[0]).toBe(outcome);
  });

  test('are named with their containers, those that start first among them', () => {
    const spec = { containers: [{ name: 'app', image: 'a' }], initContainers: [{ name: 'first', image: 'evil/x' }] };
    const message = 'Blocked image: first (evil/x). Use another one';
    expect(judged(blockImage('docker.io/evil/*'), resource('core/pods', 'Pod', 'web', { spec }))).toEqual([
      'fail',
      message,
    ]);
  });
});

describe('versions of kubelets', () => {
  test.each([
    ['<1.29', 'v1.28.15', 'fail'],
    ['<1.29', 'v1.29.0-gke.100', 'pass'],
    ['<1.29', 'v1.9.11', 'fail'],
    ['<1.29', 'v2.0.0', 'pass'],
    ['<1.29.3', 'v1.29.2+k3s1', 'fail'],
    ['<1.29.3', 'v1.29.3-eks-1', 'pass'],
    ['<=1.29', 'v1.29.14', 'fail'],
    ['<=v1.29.3', 'v1.29.4', 'pass'],
    ['=1.30.1', 'v1.30.1', 'fail'],
    ['=1.30.1', 'v1.30.10', 'pass'],
    ['= 1.30', 'v1.30.10', 'fail'],
  ])('%s on %s: %s', (text, kubeletVersion, outcome) => {
    const node = resource('core/nodes', 'Node', 'n', { status: { nodeInfo: { kubeletVersion } } });
    expect(judged(blockVersion(text), node)[0]).toBe(outcome);
  });

  test.each(['1.29', '>1.29', '<1', '<latest', '', '<1.29.3-gke.1'])('%j is no comparison', (text) => {
    expect(blockVersion(text)).toBe(null);
  });
});

describe('resources', () => {
  test.each([
    [null, 'anything', 'fail'],
    ['debug-*', 'debug-1', 'fail'],
    ['debug-*', 'my-debug-1', 'pass'],
    ['*.example', 'a.example', 'fail'],
    ['*.example', 'axexample', 'pass'],
  ])('%s on %s: %s', (pattern, name, outcome) => {
    expect(judged(blockResource('core/pods', pattern), resource('core/pods', 'Pod', name, {}))[0]).toBe(outcome);
  });

  test('of other types are nobody’s business', () => {
    expect(judged(blockResource('core/pods', null), resource('core/services', 'Service', 'a', {}))[0]).toBe('none');
  });
});

test('names are names of objects', () => {
  expect(
    [blockImage('docker.io/Evil/*'), blockVersion('<=1.29'), blockResource('core/pods', null)].map(
      (one) => one?.metadata.name,
    ),
  ).toEqual(['block-image-docker-io-evil', 'block-version-up-to-1-29', 'block-resource-core-pods']);
  expect(blockImage('*').metadata.name).toBe('block-image-all');
});
