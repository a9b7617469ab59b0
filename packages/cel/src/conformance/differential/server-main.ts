/**
 * `npm run conformance -w packages/cel -- --api-server [SEED]`: the questions that go to cel-go, asked of a real API
 * server, and the report in docs/cel-api-server.md. Ends with 1 where something differs that is not listed.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestCluster } from '@plimsoll/testcluster';
import { PolicyServer } from '../policy-server.ts';
import { WHOLE, questionsOf } from './questions.ts';
import { type OtherWords, type ServerSurvey, serverSurvey } from './server-survey.ts';
import { inWords } from './survey.ts';
import { versionQuestions } from './versions.ts';

const WORDS_SHOWN = 20;
const repository = join(import.meta.dirname, '../../../../..');

/** Asks all, tells what differs, and where no seed is given writes the report. */
export async function askApiServer(given: string | undefined): Promise<void> {
  const seed = Number(given ?? WHOLE.seed);
  const began = performance.now();
  const cluster = await TestCluster.start();
  try {
    const server = await PolicyServer.open(cluster);
    const { full } = await server.version();
    const surveys: Part[] = [];
    for (const [name, questions] of [
      ['each function and overload, and the grammar', questionsOf(seed, WHOLE.amount)],
      ['what a version brought', versionQuestions()],
    ] as const) {
      const survey = await serverSurvey(server, questions);
      surveys.push({ name, survey });
      for (const difference of survey.differences) process.stdout.write(`${inWords(difference)}\n`);
      process.stdout.write(`${name}: ${survey.pairs} pairs, ${survey.differences.length} differ\n`);
    }
    await server.close();
    const seconds = Math.round((performance.now() - began) / 1000);
    if (given === undefined)
      await writeFile(join(repository, 'docs/cel-api-server.md'), report(surveys, full, seed, seconds));
    process.exitCode = surveys.every(({ survey }) => survey.differences.length === 0) ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

interface Part {
  readonly name: string;
  readonly survey: ServerSurvey;
}

function report(parts: readonly Part[], version: string, seed: number, seconds: number): string {
  const rows: readonly (readonly [string, (survey: ServerSurvey) => number])[] = [
    ['expressions', ({ expressions }) => expressions],
    ['expression × object pairs that were asked', ({ pairs }) => pairs],
    ['both give the same value of the same type', ({ values }) => values],
    ['both give an error', ({ errors }) => errors],
    ['of these in the same words', ({ errors, otherWords }) => errors - otherWords.length],
    ['neither compiles', ({ refused }) => refused],
    ['something panics in the server, which gives no answer', ({ panicked }) => panicked],
    ['differ, and are listed', ({ known }) => sum(known)],
    ['**differ**', ({ differences }) => differences.length],
    ['pairs that cannot be asked', ({ unasked }) => sum(unasked)],
  ];
  const surveys = parts.map(({ survey }) => survey);
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(shownCell).join(' | ')} |`;
  return `# CEL: what was asked of a real API server

Written by \`npm run conformance -w packages/cel -- --api-server\`; a seed after it draws others, and writes nothing. The
tests ask a part of it. ${version}, seed ${seed}, ${seconds} s with the start of the server.

Each expression is a variable of a ValidatingAdmissionPolicy. What we refuse goes into a policy that is to be refused,
the rest into policies that are to be accepted; the objects are of a type without a schema, dry runs ask about them, and
a validation compares the value with ours, by type and to the last bit, also inside of lists, maps and optionals.

${line(['', ...parts.map(({ name }) => name)])}
${line(['---', ...parts.map(() => '---:')])}
${rows.map(([name, count]) => line([name, ...surveys.map(count)])).join('\n')}

## Differences that stay

| pairs | what the server does |
|---|---|
${table(surveys.map(({ known }) => known))}

## What was not asked

| pairs | why |
|---|---|
${table(surveys.map(({ unasked }) => unasked))}

## Errors in other words

The fact is the same. Of ${surveys.reduce((total, { otherWords }) => total + otherWords.length, 0)}, the most frequent:

| pairs | ours | the server's |
|---|---|---|
${frequent(surveys.flatMap(({ otherWords }) => otherWords))
  .map(line)
  .join('\n')}
${panicSection(surveys.flatMap(({ panics }) => panics))}`;
}

function panicSection(panics: readonly string[]): string {
  if (panics.length === 0) return '';
  return `
## Expressions on which the server panics

We refuse them or give a value; the connection ends without an answer, each time that they are asked.

${panics.map((expression) => `- \`${expression.replaceAll('`', "'")}\``).join('\n')}
`;
}

function frequent(words: readonly OtherWords[]): readonly (readonly [number, string, string])[] {
  const alike = Map.groupBy(words, ({ ours, theirs }) => JSON.stringify([ours, theirs]));
  return [...alike.values()]
    .toSorted((a, b) => b.length - a.length)
    .slice(0, WORDS_SHOWN)
    .map((those) => [those.length, those[0]?.ours ?? '', those[0]?.theirs ?? '']);
}

function table(counts: readonly ReadonlyMap<string, number>[]): string {
  const all = Map.groupBy(
    counts.flatMap((one) => [...one]),
    ([reason]) => reason,
  );
  const rows = [...all].map(([reason, those]) => `| ${those.reduce((total, [, n]) => total + n, 0)} | ${reason} |`);
  return rows.length === 0 ? '| 0 | nothing |' : rows.join('\n');
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function shownCell(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en') : cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
