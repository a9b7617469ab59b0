/**
 * Which minor version of Kubernetes brings a name that is not there, or others behind it: `sets` of `sets.contains`.
 */
export function sinceWhen(name: string, later: ReadonlyMap<string, number>): number | undefined {
  return later.get(name) ?? [...later].find(([full]) => full.startsWith(`${name}.`))?.[1];
}

/**
 * What to tell whoever uses what a later version brings; '' where none does. A server takes it in new expressions one
 * version after that which first runs it (k8s.io/apiserver pkg/cel/environment/environment.go).
 */
export function hadBy(minor: number | undefined): string {
  if (minor === undefined) return '';
  return `Kubernetes 1.${minor} and later have it, in new expressions 1.${minor + 1} and later`;
}
