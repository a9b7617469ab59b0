/** True where a name is meant by a glob with `*` in front, at the end, or both (gatekeeper pkg/wildcard `Matches`). */
export function globMatches(glob: string, name: string): boolean {
  const inFront = glob.startsWith('*');
  const atEnd = glob.endsWith('*');
  if (inFront && atEnd) return name.includes(glob.slice(1, Math.max(1, glob.length - 1)));
  if (inFront) return name.endsWith(glob.slice(1));
  return atEnd ? name.startsWith(glob.slice(0, -1)) : glob === name;
}

/** The same for the beginning of a name that is yet to be generated (`MatchesGenerateName`). */
export function globMatchesGenerated(glob: string, generateName: string): boolean {
  return glob.endsWith('*') && globMatches(glob, generateName);
}
