import { libraryFolder, readLibrary, variantFor } from '../../packages/plimsoll/src/guardrails/library/read-library.ts';
import { type Pod, podSecurityByHand } from './pod-security-by-hand.ts';

/** Minor version of Kubernetes whose standard is taken. */
const MINOR = 36;

/** A policy as every engine is given it, and the same by hand. */
export interface Check {
  readonly name: string;
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  /** The pod passes where all of them are true. */
  readonly validations: readonly string[];
  /** What is computed for a pod that does not pass; compiled with the rest, run by no row. */
  readonly messages: readonly string[];
  readonly byHand: (pod: Pod) => boolean;
}

/** The 19 Pod Security checks, as the library has them, and four policies of the commonest kinds. */
export function readChecks(): readonly Check[] {
  const podSecurity = readLibrary(libraryFolder)
    .filter(({ variants }) => variants.some(({ standard }) => standard?.name === 'pod-security'))
    .map(({ name, variants }): Check => {
      const policy = variantFor(variants, MINOR);
      const byHand = podSecurityByHand.get(name.replace('pod-security-', ''));
      if (policy === null || byHand === undefined) throw new Error(`${name} is not written by hand`);
      return {
        name,
        variables: policy.variables,
        validations: policy.validations.map(({ expression }) => expression),
        messages: policy.validations.flatMap(({ messageExpression }) => messageExpression ?? []),
        byHand,
      };
    });
  return [...podSecurity, ...common];
}

const common: readonly Check[] = [
  {
    name: 'labels',
    variables: [],
    validations: [
      "has(object.metadata.labels) && 'app.kubernetes.io/name' in object.metadata.labels && 'app.kubernetes.io/part-of' in object.metadata.labels",
    ],
    messages: [],
    byHand: ({ metadata: { labels } }) =>
      labels !== undefined &&
      Object.hasOwn(labels, 'app.kubernetes.io/name') &&
      Object.hasOwn(labels, 'app.kubernetes.io/part-of'),
  },
  {
    name: 'registry',
    variables: [],
    validations: ["object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))"],
    messages: [],
    byHand: ({ spec }) => spec.containers.every(({ image }) => image.startsWith('registry.example.com/')),
  },
  {
    name: 'tag',
    variables: [],
    validations: ["object.spec.containers.all(c, c.image.contains(':') && !c.image.endsWith(':latest'))"],
    messages: [],
    byHand: ({ spec }) => spec.containers.every(({ image }) => image.includes(':') && !image.endsWith(':latest')),
  },
  {
    name: 'limits',
    variables: [],
    validations: [
      "object.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits && has(c.resources.requests) && 'cpu' in c.resources.requests)",
    ],
    messages: [],
    byHand: ({ spec }) =>
      spec.containers.every(
        ({ resources }) => resources?.limits?.['memory'] !== undefined && resources.requests?.['cpu'] !== undefined,
      ),
  },
];
