import { find, findAll } from '../libraries/regex.ts';
import { noSuchOverload } from '../values/fault.ts';
import { isInt } from '../values/numbers.ts';
import { regexCost, sizeOf } from './cost.ts';
import type { CelFunction, Cost } from './function.ts';

const cost: Cost = ([text, pattern]) => regexCost(sizeOf(text), sizeOf(pattern));

/** Kubernetes' regular expressions (pkg/cel/library/regex.go). */
export const regexFunctions = (): readonly CelFunction[] => [
  {
    name: 'find',
    style: 'member',
    arity: [2],
    apply: (text, pattern) =>
      typeof text === 'string' && typeof pattern === 'string' ? find(text, pattern) : noSuchOverload(),
    cost,
  },
  {
    name: 'findAll',
    style: 'member',
    arity: [2, 3],
    apply: (text, pattern, limit) => {
      if (typeof text !== 'string' || typeof pattern !== 'string' || (limit !== undefined && !isInt(limit)))
        return noSuchOverload();
      return findAll(text, pattern, limit === undefined ? -1 : Number(limit));
    },
    cost,
  },
];
