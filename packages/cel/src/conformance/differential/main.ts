/**
 * `npm run conformance -w packages/cel [-- SEED]`: all questions to cel-go and to us, and the report in
 * docs/cel-conformance.md; `-- --api-server [SEED]` to a real API server. Ends with 1 where something differs that is
 * not listed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Oracle } from '@plimsoll/testcluster';
import { outOfScope, specTests } from '../spec-tests.ts';
import { exceptions } from '../exceptions.ts';
import { composedQuestions } from './composed.ts';
import { WHOLE, questionsOf } from './questions.ts';
import { Random } from './random.ts';
import { knownDifferences } from './known-differences.ts';
import { askApiServer } from './server-main.ts';
import { type Survey, inWords, survey } from './survey.ts';
import { versionQuestions } from './versions.ts';

const SHOWN = 100;
const repository = join(import.meta.dirname, '../../../../..');

if (process.argv[2] === '--api-server') await askApiServer(process.argv[3]);
else await askCelGo(process.argv[2]);

async function askCelGo(given: string | undefined): Promise<void> {
  const seed = Number(given ?? WHOLE.seed);
  const oracle = await Oracle.start('cel');
  const drawn = await survey(oracle, questionsOf(seed, WHOLE.amount));
  const versions = await survey(oracle, versionQuestions());
  const composed = await survey(oracle, composedQuestions(new Random(seed)));
  oracle.close();

  const differences = [...drawn.differences, ...versions.differences, ...composed.differences];
  for (const difference of differences.slice(0, SHOWN)) process.stdout.write(`${inWords(difference)}\n`);
  const page = join(repository, 'docs/cel-conformance.md');
  if (given === undefined) await writeFile(page, await report(seed, drawn, versions, composed));
  process.stdout.write(
    `seed ${seed}: ${drawn.expressions} expressions, ${drawn.pairs} pairs, ${versions.pairs} of versions, ${composed.pairs} of variables; ${differences.length} differ\n`,
  );
  process.exitCode = differences.length === 0 ? 0 : 1;
}

async function report(seed: number, all: Survey, byVersion: Survey, ofVariables: Survey): Promise<string> {
  const modules = await readFile(join(repository, 'packages/testcluster/go/go.mod'), 'utf8');
  const version = (name: string): string => new RegExp(`^\\s*${name} v(\\S+)`, 'm').exec(modules)?.[1] ?? '?';
  const tests = specTests();
  const inScope = tests.filter((test) => outOfScope(test) === null).length;
  const listed = Object.keys(exceptions).length;
  const count = (value: number): string => value.toLocaleString('en');
  return `# CEL: what was compared with Kubernetes

Written by \`npm run conformance -w packages/cel\`; \`-- SEED\` draws others, and writes nothing. The tests ask a part of it.

| | |
|---|---|
| compared with | cel-go ${version('github.com/google/cel-go')} in the environments of k8s.io/apiserver ${version('k8s.io/apiserver')}, as admission compiles and runs them |
| seed | ${seed} |
| expressions | ${count(all.expressions)}: each function and overload of each library with values at its limits, and ${count(WHOLE.amount.fromGrammar)} of a grammar |
| expression × object pairs | ${count(all.pairs)} |
| things that a version brought × versions 1.27 to 1.36 × new and stored | ${count(byVersion.pairs)} |
| the variables of a policy, by name, tested, optional and as a whole, × objects | ${count(ofVariables.pairs)} |
| what is compared | value with its type, error or not, compile error or not, and the cost to the unit |
| pairs that both checkers refuse | ${count(all.refused)} |
| **pairs that differ** | **${count([all, byVersion, ofVariables].flatMap((one) => one.differences).length)}** |

## Differences that stay

| pairs | what cel-go does |
|---|---|
${knownDifferences.map(({ reason }) => `| ${all.known.get(reason) ?? 0} | ${reason} |`).join('\n')}

## The CEL specification

${count(tests.length)} tests of \`@bufbuild/cel-spec\`; ${count(inScope)} need no protobuf messages. ${count(inScope - listed)} of them pass, and
${listed} are listed with their reason in \`packages/cel/src/conformance/exceptions.ts\`: there Kubernetes' cel-go answers otherwise.
`;
}
