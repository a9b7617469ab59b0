import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasSources, kubernetesFields } from './kubernetes-types.ts';

const file = new URL('../packages/plimsoll/src/guardrails/desired/kubernetes-fields.json', import.meta.url);

test.skipIf(!hasSources)(
  'the table of fields is what Kubernetes’ OpenAPI and Go types say (npm run generate:fields)',
  () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(kubernetesFields());
  },
);
