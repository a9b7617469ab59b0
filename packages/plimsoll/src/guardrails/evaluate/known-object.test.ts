import { evaluate, kubernetes, Unknown } from '@plimsoll/cel';
import { describe, expect, it } from 'vitest';
import { knownObject } from './known-object.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const body = {
  kind: 'ConfigMap',
  metadata: { name: 'a', managedFields: [], annotations: { [lastApplied]: '{"hash":"5d"}', team: 'a' } },
};
const unseen = ['metadata.managedFields', `metadata.annotations["${lastApplied}"]`, 'data', 'spec.template.spec'];

function answer(source: string): unknown {
  const environment = kubernetes('1.36', 'stored', { variables: ['object'] });
  return evaluate(source, { object: knownObject(body, unseen) }, environment);
}

describe('an object of which parts were not kept', () => {
  it.each([
    "object.kind == 'ConfigMap' && object.metadata.annotations.team == 'a'",
    'has(object.metadata.managedFields) && object.metadata.annotations.size() == 2',
    "object.metadata.annotations.exists(key, key.startsWith('kubectl.kubernetes.io/'))",
    '!has(object.metadata.labels)',
  ])('has what was kept, and where something was kept in its place: %s', (source) => {
    expect(answer(source)).toBe(true);
  });

  it.each([
    'has(object.data)',
    'object.data.size() > 0',
    'object.metadata.managedFields.size() == 0',
    `object.metadata.annotations["${lastApplied}"].size() < 20`,
    'has(object.spec)',
    'has(object.spec.template.spec)',
  ])('has no answer to what may be otherwise in truth: %s', (source) => {
    expect(answer(source)).toBeInstanceOf(Unknown);
  });
});
