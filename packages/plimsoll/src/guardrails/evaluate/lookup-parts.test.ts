import { describe, expect, it } from 'vitest';
import { type Parts, noParts, partsUnder } from '../../model/json-parts.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { compilePolicy } from './compiled-policy.ts';
import { newestDialect } from './dialect.ts';
import { lookupParts } from './lookup-parts.ts';

const lookups = ['pods', 'services'].map((name) => ({ name, type: `core/${name}`, sameNamespace: true }));
const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];

/** What a guardrail of this validation reads of each of its look-ups. */
function read(validation: object, variables: readonly object[] = []): Record<string, Parts> {
  const body = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Guardrail',
    metadata: { name: 'reads' },
    spec: { matchConstraints: { resourceRules }, lookups, variables, validations: [validation] },
  };
  const [part] = readPolicyDocument({
    source: 'files',
    origin: 'files',
    body: JSON.parse(JSON.stringify(body)),
    place: null,
  });
  if (part?.part !== 'policy') throw new Error('no policy');
  const { compiled, problems } = compilePolicy(part.policy, newestDialect);
  if (compiled === null) throw new Error(JSON.stringify(problems));
  return Object.fromEntries(lookupParts(compiled));
}

describe('what expressions read of look-ups', () => {
  it.each<readonly [string, Parts, Parts]>([
    ['size(lookups.pods) > 0', noParts, noParts],
    ['lookups.pods.exists(p, p.metadata.name == object.metadata.name)', partsUnder([['metadata', 'name']]), noParts],
    [
      '(lookups.pods + lookups.services).all(x, x.metadata.labels.size() > 0)',
      partsUnder([['metadata', 'labels']]),
      partsUnder([['metadata', 'labels']]),
    ],
    [
      'lookups.pods.all(p, p.spec.volumes.all(v, v.name != "x"))',
      partsUnder([['spec', 'volumes', '*', 'name']]),
      noParts,
    ],
    ['lookups.pods == []', 'whole', noParts],
    ['dyn(lookups)["pods"].size() == size(dyn(lookups))', noParts, noParts],
    ['dyn(lookups) != null', 'whole', 'whole'],
    [
      'dyn(lookups)[object.kind][0].metadata.name != ""',
      partsUnder([['metadata', 'name']]),
      partsUnder([['metadata', 'name']]),
    ],
  ])('%s', (expression, pods, services) => {
    expect(read({ expression })).toEqual({ pods, services });
  });

  it('those of messages among them', () => {
    const messageExpression = "'there is ' + lookups.pods[0].metadata.uid";
    expect(read({ expression: 'size(lookups.pods) > 0', messageExpression })).toEqual({
      pods: partsUnder([['metadata', 'uid']]),
      services: noParts,
    });
  });

  it('those of variables, and all where two have one name', () => {
    const variable = { name: 'named', expression: 'lookups.pods.map(p, p.metadata.name)' };
    const expression = 'size(variables.named) > 1 && variables.named[0] != ""';
    expect(read({ expression }, [variable])).toEqual({ pods: partsUnder([['metadata', 'name']]), services: noParts });
  });
});
