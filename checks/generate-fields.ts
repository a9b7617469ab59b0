import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kubernetesFields } from './kubernetes-types.ts';

// Writes kubernetes-fields.json (`npm run generate:fields`).
const file = fileURLToPath(
  new URL('../packages/plimsoll/src/guardrails/desired/kubernetes-fields.json', import.meta.url),
);
writeFileSync(file, `${JSON.stringify(kubernetesFields())}\n`);
