import { noSuchOverload } from '../values/fault.ts';
import { NamedFormat, formatNames, namedFormat } from '../values/named-format.ts';
import { NONE, Optional } from '../values/optional.ts';
import { regexCost, sizeOf } from './cost.ts';
import { memberOf, ofText } from './define.ts';
import type { CelFunction } from './function.ts';

/** Kubernetes' formats (pkg/cel/library/format.go). */
export const namedFormatFunctions = (): readonly CelFunction[] => [
  ofText('format.named', (name) => {
    const found = namedFormat(name);
    return found === undefined ? NONE : new Optional(found);
  }),
  ...Array.from(formatNames(), (name): CelFunction => {
    const format = namedFormat(name) ?? NONE;
    return { name: `format.${name}`, style: 'global', arity: [0], apply: () => format };
  }),
  memberOf(
    NamedFormat,
    'validate',
    1,
    (format, text) => {
      if (typeof text !== 'string') return noSuchOverload();
      const wrong = format.validate(text);
      return wrong.length === 0 ? NONE : new Optional(wrong);
    },
    ([format, text]) => (format instanceof NamedFormat ? regexCost(sizeOf(text), format.regexSize) : 1),
  ),
];
