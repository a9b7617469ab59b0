import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Activation, compile, evaluate, kubernetes, parse } from './index.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const examples = [...readme.matchAll(/^(.+?) +\/\/ (.+)$/gm)]
  .map(([, expression = '', value = '']) => [expression, value] as const)
  .filter(([expression]) => !/^(?:evaluate|often)/.test(expression));

/** The example of generated code: the expression in it, and what it gives. */
const generated = /compile\(parse\("(.+?)"\)[^]+?mode: 'generated'[^]+?\/\/ (.+)/.exec(readme)?.slice(1) ?? [];

describe('the examples of README.md', () => {
  it.each(examples)('%s is %s', (expression, value) => {
    expect(JSON.stringify(evaluate(expression, {}, kubernetes('1.36', 'stored')))).toBe(value);
  });

  it('that is run by generated code gives what stands there', () => {
    const [expression = '', value = ''] = generated;
    const often = compile(parse(expression), kubernetes('1.36', 'stored'), { mode: 'generated' });
    expect(JSON.stringify(often.run(new Activation(often.environment)))).toBe(value);
  });
});
