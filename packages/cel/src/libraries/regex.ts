import { type Matcher, RE2JS, RE2JSException } from 're2js';
import { CelError } from '../errors.ts';

const CACHE_LIMIT = 500;
const cache = new Map<string, RE2JS>();

/** A compiled RE2 pattern (linear time). @throws {CelError} where it is no pattern. */
export function compilePattern(pattern: string): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) throw new CelError(error.message);
    throw error;
  }
  if (cache.size >= CACHE_LIMIT) cache.delete(cache.keys().next().value ?? '');
  cache.set(pattern, compiled);
  return compiled;
}

/** True where the pattern matches anywhere in the text. @throws {CelError} */
export function matches(text: string, pattern: string): boolean {
  return compilePattern(pattern).test(text);
}

/** The first match, '' where there is none. @throws {CelError} */
export function find(text: string, pattern: string): string {
  const matcher = compilePattern(pattern).matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}

/** All matches, at most `limit` where it is not negative. @throws {CelError} */
export function findAll(text: string, pattern: string, limit = -1): string[] {
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const found: string[] = [];
  if (most === 0) return found;
  for (const matcher of matchesIn(text, compilePattern(pattern))) {
    found.push(matcher.group() ?? '');
    if (found.length === most) break;
  }
  return found;
}

/** The matches of a pattern as Go finds them, one after another: the matcher stands at each in turn. */
export function* matchesIn(text: string, pattern: RE2JS): Generator<Matcher, void> {
  const matcher = pattern.matcher(text);
  let lastEnd = -1;
  while (matcher.find()) {
    // Go drops an empty match right behind another match.
    if (matcher.end() === matcher.start() && matcher.start() === lastEnd) continue;
    lastEnd = matcher.end();
    yield matcher;
  }
}
