import type { Matcher, RE2JS } from 're2js';
import { CelError } from '../../errors.ts';
import { compilePattern, matchesIn } from '../../libraries/regex.ts';
import { textEffort } from '../../values/effort.ts';
import { noSuchOverload } from '../../values/fault.ts';
import { isInt } from '../../values/numbers.ts';
import { goQuote } from '../../values/go-quote.ts';
import { NONE, Optional } from '../../values/optional.ts';
import type { Value } from '../../values/value.ts';
import { sizeOf } from '../cost.ts';
import type { CelFunction, Cost } from '../function.ts';

/** cel-go's ext.Regex, version 1 (ext/regex.go), which Kyverno has beside Kubernetes' `find` and `findAll`. */
export const extRegexFunctions = (): readonly CelFunction[] => [
  { name: 'regex.extract', style: 'global', arity: [2], apply: ofTexts(extract), cost: searchCost },
  { name: 'regex.extractAll', style: 'global', arity: [2], apply: ofTexts(extractAll), cost: searchCost },
  { name: 'regex.replace', style: 'global', arity: [3, 4], apply: replace, cost: searchCost },
];

/** The search without what the result takes, which is not known before the call. */
const searchCost: Cost = ([text, pattern]) => 1 + Math.ceil((sizeOf(text) + 1) * 0.1 * (sizeOf(pattern) + 1) * 0.25);

function ofTexts(apply: (text: string, pattern: string) => Value): CelFunction['apply'] {
  return (text, pattern) =>
    typeof text === 'string' && typeof pattern === 'string' ? apply(text, pattern) : noSuchOverload();
}

/** A pattern of which one group is captured, or all where it has none. @throws {CelError} */
function withOneGroup(pattern: string): RE2JS {
  const compiled = compilePattern(pattern);
  if (compiled.groupCount() > 1)
    throw new CelError(`regular expression has more than one capturing group: ${goQuote(pattern)}`);
  return compiled;
}

function extract(text: string, pattern: string): Value {
  const matcher = withOneGroup(pattern).matcher(text);
  if (!matcher.find()) return NONE;
  const groups = matcher.groupCount();
  const found = matcher.group(groups) ?? '';
  return groups === 1 && found === '' ? NONE : new Optional(found);
}

function extractAll(text: string, pattern: string): Value {
  const compiled = withOneGroup(pattern);
  const groups = compiled.groupCount();
  const found = Array.from(matchesIn(text, compiled), (matcher) => matcher.group(groups) ?? '');
  return groups === 1 ? found.filter((part) => part !== '') : found;
}

function replace(...[text, pattern, replacement, count = -1]: Value[]): Value {
  if (typeof text !== 'string' || typeof pattern !== 'string' || typeof replacement !== 'string' || !isInt(count))
    return noSuchOverload();
  // Without replacements cel-go does not look at the pattern.
  if (count === 0) return text;
  let result = '';
  let end = 0;
  let left = count < 0 ? Number.POSITIVE_INFINITY : Number(count);
  for (const matcher of matchesIn(text, compilePattern(pattern))) {
    result += text.slice(end, matcher.start()) + replaced(replacement, matcher);
    textEffort(result.length);
    end = matcher.end();
    left -= 1;
    if (left === 0) break;
  }
  return result + text.slice(end);
}

/** The replacement with `\1` for the text of a group and `\\` for a backslash. @throws {CelError} */
function replaced(replacement: string, matcher: Matcher): string {
  return replacement.replaceAll(/\\(.?)/gsu, (_, next: string) => {
    if (next === '\\') return next;
    const fault = `invalid replacement string: '${replacement}' \\`;
    if (next === '') throw new CelError(`${fault} not allowed at end`);
    if (!/[0-9]/.test(next)) throw new CelError(`${fault} must be followed by a digit or \\`);
    const groups = matcher.groupCount();
    if (Number(next) > groups)
      throw new CelError(`replacement string references group ${next} but regex has only ${groups} group(s)`);
    return matcher.group(Number(next)) ?? '';
  });
}
