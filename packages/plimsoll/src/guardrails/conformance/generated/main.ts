/**
 * `npm run conformance -w packages/plimsoll [-- SEED [POLICIES]]`: generated policies and objects to a real API server
 * and to us, and the report in docs/policy-conformance.md. Ends with 1 where something differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestCluster } from '@plimsoll/testcluster';
import { compared, type Survey } from './compare.ts';
import { generatedCases } from './generated-cases.ts';

const whole = { seed: 1126, policies: 300 };
const shown = 20;
const repository = join(import.meta.dirname, '../../../../../..');

const [, , given, count] = process.argv;
const seed = Number(given ?? whole.seed);
const cluster = await TestCluster.start();
try {
  const survey = await compared(cluster, generatedCases(seed, Number(count ?? whole.policies)));
  for (const difference of survey.differences.slice(0, shown))
    process.stdout.write(`${JSON.stringify(difference, null, 2)}\n`);
  if (given === undefined) await writeFile(join(repository, 'docs/policy-conformance.md'), await report(survey));
  process.stdout.write(
    `seed ${seed}: ${survey.policies} policies, ${survey.pairs} pairs with objects; ${survey.differences.length} differ\n`,
  );
  process.exitCode = survey.differences.length === 0 ? 0 : 1;
} finally {
  await cluster.stop();
}

async function report({ policies, pairs, denied, errors, violations, differences }: Survey): Promise<string> {
  const modules = await readFile(join(repository, 'packages/testcluster/go/go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(modules)?.[1] ?? '?';
  const number = (value: number): string => value.toLocaleString('en');
  return `# Policies: what was compared with a real API server

Written by \`npm run conformance -w packages/plimsoll\`; \`-- SEED POLICIES\` draws others, and writes nothing. The tests ask
a part of it, and besides it the cases of \`packages/plimsoll/src/guardrails/conformance\` and the whole library as it is
exported.

| | |
|---|---|
| compared with | kube-apiserver ${version}, by dry-run creates |
| seed | ${seed} |
| policies | ${number(policies)}: rules and exclude rules, matchPolicy, selectors of namespaces and objects, match conditions, composed variables, several validations with messages and messageExpressions, both failure policies, params by name and by selector, there and missing, with both parameterNotFoundActions; each bound twice, to deny and to warn |
| policy × object pairs | ${number(pairs)}: ConfigMaps in two namespaces, and ClusterRoles |
| of which refused | ${number(denied)}, ${number(errors)} of them since something could not be evaluated |
| validations that do not hold | ${number(violations)}: the binding that warns has the server say all of them |
| what is compared | refused or not, could be evaluated or not, and the messages of all validations that do not hold; on the object as the server stores it where no policy is bound |
| **pairs that differ** | **${number(differences.length)}** |
`;
}
