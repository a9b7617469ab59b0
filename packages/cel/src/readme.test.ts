import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as cel from './index.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
const claims = (text: string): (readonly [string, string])[] =>
  [...text.matchAll(/^(\S.*?);? +\/\/ (.+)$/gm)].map(([, expression = '', value = '']) => [expression, value] as const);

/** The values of the lines that claim one, once the lines before them have run. */
function run(program: string): readonly string[] {
  const body = program
    .replace(/^import (\{.*?\}) from '@plimsoll\/cel';$/gm, 'const $1 = cel;')
    .replaceAll(/^(\S.*?); +\/\/ .+$/gm, 'values.push(JSON.stringify($1));');
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call: the README is ours.
  const values: unknown = new Function('cel', `const values = []; ${body}; return values;`)(cel);
  return values as readonly string[];
}

describe('the examples of README.md', () => {
  it.each(blocks('cel').flatMap(claims))('%s is %s', (expression, value) => {
    expect(JSON.stringify(cel.evaluate(expression, {}, cel.kubernetes('1.36', 'stored')))).toBe(value);
  });

  it.each(blocks('ts'))('this program gives what it claims: %s', (program) => {
    const values = claims(program).map(([, value]) => value);
    expect(values.length).toBeGreaterThan(0);
    expect(run(program)).toEqual(values);
  });
});
