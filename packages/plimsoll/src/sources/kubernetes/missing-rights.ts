import { member } from '../../model/json.ts';
import type { ServedType } from '../../model/served.ts';
import type { MissingRight } from '../source.ts';
import { Turnstile } from './pace.ts';
import type { Transport } from './transport.ts';

/** Reviews under way at a time. */
const atOnce = 8;
const verbs = ['list', 'watch'] as const;

interface Attributes {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace?: string;
}

/**
 * Which of these types the one who asks may not list or watch, by SelfSubjectAccessReviews (authorization.k8s.io/v1):
 * first of everything, then of each group, then of each type, so that a cluster of thousands of types takes few.
 */
export async function missingRights(
  transport: Transport,
  types: readonly ServedType[],
  namespaces: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly MissingRight[]> {
  const turnstile = new Turnstile(atOnce);
  const allowed = async (attributes: Attributes): Promise<boolean> =>
    await turnstile.pass(async () => await review(transport, attributes, signal));
  const missingIn = async (of: readonly ServedType[], namespace: string | null): Promise<readonly MissingRight[]> => {
    const where = namespace === null ? {} : { namespace };
    const all = async (group: string, resource: string): Promise<readonly string[]> => {
      const answers = await Promise.all(verbs.map(async (verb) => await allowed({ group, resource, verb, ...where })));
      return verbs.filter((_, index) => answers[index] === false);
    };
    if (of.length === 0 || (await all('*', '*')).length === 0) return [];
    const groups = [...Map.groupBy(of, ({ group }) => group)];
    const found = await Promise.all(
      groups.map(async ([group, inGroup]) => {
        if (inGroup.length > 1 && (await all(group, '*')).length === 0) return [];
        return await Promise.all(
          inGroup.map(async ({ type, resource }) => ({ type, scope: namespace, verbs: await all(group, resource) })),
        );
      }),
    );
    return found.flat().filter((right) => right.verbs.length > 0);
  };
  if (namespaces === undefined || namespaces.length === 0) return await missingIn(types, null);
  const inside = types.filter(({ namespaced }) => namespaced);
  const outside = types.filter(({ namespaced }) => !namespaced);
  const each = [null, ...namespaces].map(async (scope) => await missingIn(scope === null ? outside : inside, scope));
  return (await Promise.all(each)).flat();
}

async function review(transport: Transport, attributes: Attributes, signal: AbortSignal): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: attributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const { value } = await transport.json(path, { review: JSON.stringify(body), signal });
  return member(member(value, 'status'), 'allowed') === true;
}
