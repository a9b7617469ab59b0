import { format } from 'prettier';
import { expect, test } from 'vitest';
import { cliReference } from './reference.ts';

test('given the tables of commands and options, then docs/cli.md is what they say (vitest -u writes it)', async () => {
  const text = await format(cliReference(), { parser: 'markdown' });
  await expect(text).toMatchFileSnapshot('../../../../docs/cli.md');
});
