/**
 * Which minor version of Kubernetes brings a name that is not there, or others behind it: `sets` of `sets.contains`.
 */
export function sinceWhen(name: string, later: ReadonlyMap<string, number>): number | undefined {
  return later.get(name) ?? [...later].find(([full]) => full.startsWith(`${name}.`))?.[1];
}

/** What to tell whoever uses what a later version brings; '' where none does. */
export function hadBy(minor: number | undefined): string {
  return minor === undefined ? '' : `Kubernetes 1.${minor} and later have it`;
}
