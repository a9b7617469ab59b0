import { compilePattern } from '../libraries/regex.ts';
import type { Literal } from '../syntax/ast.ts';
import { Duration } from '../values/duration.ts';
import { Timestamp } from '../values/timestamp.ts';
import { type Core, type CoreCall, type CoreList, type CoreMap, eachPart } from './core.ts';
import type { Faults } from './faults.ts';
import { validateFormat } from './format-literals.ts';
import { formatType } from './types/format-type.ts';
import { type Type, dyn, sameType, unwrapOptional } from './types/type.ts';
import type { Typing } from './typing.ts';

/**
 * What the API server's environment looks at once an expression has checked (cel-go cel/validator.go): literals that
 * could only fail, and lists and maps of mixed types. `parts` is all that is in it.
 */
export function validateLiterals(core: Core, parts: readonly Core[], typing: Typing, faults: Faults): void {
  // Kubernetes has both since 1.29: the validators, and ext.Strings' format with its own.
  if (typing.literals) for (const part of parts) if (part.kind === 'call') validateCall(part, faults);
  if (typing.homogeneous) validateAggregates(core, faults);
}

function validateAggregates(core: Core, faults: Faults): void {
  if (core.kind === 'list') validateList(core, faults);
  if (core.kind === 'map') validateMap(core, faults);
  // Arguments of format may be of any types (ext/formatting.go).
  if (core.kind === 'call' && core.name === 'format') return;
  eachPart(core, (part) => validateAggregates(part, faults));
}

/** cel-go evaluates the call with the literal; the functions' names are those of the source. */
function validateCall(call: CoreCall, faults: Faults): void {
  if (call.name === 'format' && call.overloads.includes('string_format')) validateFormat(call, faults);
  const [arg] = call.args;
  if (arg?.kind !== 'literal') return;
  const valid = trials[call.namespaced ?? call.name]?.(arg.value) ?? true;
  if (!valid) faults.add(arg.source, `invalid ${call.name} argument`);
}

const trials: Readonly<Record<string, (literal: Literal['value']) => boolean>> = {
  // Of an int the trial evaluation fails, though the checker has an overload for it.
  duration: (literal) => literal.type === 'string' && succeeds(() => Duration.parse(literal.value)),
  timestamp: (literal) => {
    if (literal.type === 'string') return succeeds(() => Timestamp.parse(literal.value));
    // Seconds of the years 1 to 9999.
    return literal.type !== 'int' || (literal.value >= -62_135_596_800n && literal.value <= 253_402_300_799n);
  },
  // Of the function of two arguments cel-go looks at the first, whatever its validator meant.
  matches: (literal) => literal.type !== 'string' || succeeds(() => compilePattern(literal.value)),
};

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function validateList(list: CoreList, faults: Faults): void {
  let expected: Type | null = null;
  for (const { value, optional } of list.elements) {
    const type = optional ? unwrapOptional(value.type) : value.type;
    if (expected === null) expected = type;
    else if (!sameType(expected, type, true)) {
      mismatch(value, expected, type, faults);
      return;
    }
  }
}

function validateMap(map: CoreMap, faults: Faults): void {
  let keys: Type | null = null;
  let values: Type = dyn;
  for (const { key, value, optional } of map.entries) {
    const type = optional ? unwrapOptional(value.type) : value.type;
    if (keys === null) {
      [keys, values] = [key.type, type];
      continue;
    }
    if (!sameType(keys, key.type, true)) mismatch(key, keys, key.type, faults);
    if (!sameType(values, type, true)) mismatch(value, values, type, faults);
  }
}

function mismatch(core: Core, expected: Type, found: Type, faults: Faults): void {
  faults.add(core.source, `expected type '${formatType(expected)}' but found '${formatType(found)}'`);
}
