const wildcards = /[*?]/;

/** True for a pattern that stands for more than itself. */
export function hasWildcard(pattern: string): boolean {
  return wildcards.test(pattern);
}

/**
 * Whether a pattern of Kyverno's matches the whole text: `*` stands for any characters, `?` for one
 * (kyverno ext/wildcard). In time of their lengths' product, whatever the pattern.
 */
export function globMatches(pattern: string, text: string): boolean {
  let [at, p] = [0, 0];
  let [star, tried] = [-1, 0];
  while (at < text.length) {
    const wanted = pattern[p];
    if (wanted === '*') [star, tried, p] = [p, at, p + 1];
    else if (wanted !== undefined && (wanted === '?' || wanted === text[at])) [at, p] = [at + 1, p + 1];
    else if (star >= 0) [tried, at, p] = [tried + 1, tried + 1, star + 1];
    else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
