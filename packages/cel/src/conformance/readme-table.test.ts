import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { knownDifferences } from './differential/known-differences.ts';
import { WHOLE, questionsOf } from './differential/questions.ts';
import { versionQuestions } from './differential/versions.ts';
import { exceptions } from './exceptions.ts';
import { withConformance } from './readme-table.ts';
import { outOfScope, specTests } from './spec-tests.ts';

const readme = join(import.meta.dirname, '../../README.md');
const repository = join(import.meta.dirname, '../../../..');

describe('what the pages tell of conformance', () => {
  it('is what the specification’s tests come to (vitest -u writes packages/cel/README.md)', async () => {
    const text = withConformance(await readFile(readme, 'utf8'), specTests());
    const config = await resolveConfig(readme);
    await expect(await format(text, { ...config, parser: 'markdown' })).toMatchFileSnapshot(readme);
  });

  it('is of the questions that npm run conformance asks now, of the cel-go that is built here, and nothing differs', async () => {
    const page = await readFile(join(repository, 'docs/cel-conformance.md'), 'utf8');
    const modules = await readFile(join(repository, 'packages/testcluster/go/go.mod'), 'utf8');
    const questions = questionsOf(WHOLE.seed, WHOLE.amount);
    const count = (value: number): string => value.toLocaleString('en');
    const version = (name: string): string => modules.match(new RegExp(`^\\s*${name} v(\\S+)`, 'm'))?.[1] ?? '?';
    expect(page).toContain(`cel-go ${version('github.com/google/cel-go')} in the environments of k8s.io/apiserver`);
    expect(page).toContain(`k8s.io/apiserver ${version('k8s.io/apiserver')}, as admission`);
    expect(page).toContain(`| seed | ${WHOLE.seed} |`);
    expect(page).toContain(`| expressions | ${count(new Set(questions.map(({ expression }) => expression)).size)}: `);
    expect(page).toContain(`| expression × object pairs | ${count(questions.length)} |`);
    expect(page).toContain(`new and stored | ${count(versionQuestions().length)} |`);
    expect(page).toContain('| **pairs that differ** | **0** |');
    const inScope = specTests().filter((test) => outOfScope(test) === null).length;
    const listed = Object.keys(exceptions).length;
    expect(page).toContain(
      `${count(inScope)} need no protobuf messages. ${count(inScope - listed)} of them pass, and\n${listed} are listed`,
    );
    for (const { reason } of knownDifferences) expect(page).toContain(`| ${reason} |`);
  });
});
