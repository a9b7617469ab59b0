import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate, kubernetes } from './index.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const examples = [...readme.matchAll(/^(.+?) +\/\/ (.+)$/gm)]
  .map(([, expression = '', value = '']) => [expression, value] as const)
  .filter(([expression]) => !expression.startsWith('evaluate('));

describe('the examples of README.md', () => {
  it.each(examples)('%s is %s', (expression, value) => {
    expect(JSON.stringify(evaluate(expression, {}, kubernetes('1.36', 'stored')))).toBe(value);
  });
});
