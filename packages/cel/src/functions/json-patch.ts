import { walksArgument } from './cost.ts';
import { ofText } from './define.ts';
import type { CelFunction } from './function.ts';

/** A key for a JSON pointer, in mutations (pkg/cel/library/jsonpatch.go). */
export const jsonPatchFunctions = (): readonly CelFunction[] => [
  ofText('jsonpatch.escapeKey', (key) => key.replace(/[~/]/g, (c) => (c === '~' ? '~0' : '~1')), walksArgument()),
];
