import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as crd from './crd.ts';
import * as editor from './editor.ts';
import * as generate from './generate.ts';
import * as cel from './index.ts';
import * as kyverno from './kyverno.ts';
import * as standard from './standard.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
const claims = (text: string): (readonly [string, string])[] =>
  [...text.matchAll(/^(\S.*?);? +\/\/ (.+)$/gm)].map(([, expression = '', value = '']) => [expression, value] as const);

const modules = {
  '@plimsoll/cel': cel,
  '@plimsoll/cel/crd': crd,
  '@plimsoll/cel/editor': editor,
  '@plimsoll/cel/generate': generate,
  '@plimsoll/cel/kyverno': kyverno,
  '@plimsoll/cel/standard': standard,
};

/** The values of the lines that claim one, once the lines before them have run. */
function run(program: string): readonly string[] {
  const body = program
    .replace(/^import (\{.*?\}) from '(@plimsoll\/cel.*)';$/gm, "const $1 = modules['$2'];")
    .replaceAll(/^(\S.*?); +\/\/ .+$/gm, 'values.push(JSON.stringify($1));');
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call: the README is ours.
  const values: unknown = new Function('modules', `const values = []; ${body}; return values;`)(modules);
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
