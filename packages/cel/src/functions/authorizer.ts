import { type AccessRequest, Authorizer, Decision } from '../values/authorizer.ts';
import { noSuchOverload } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { sizeOf, walk } from './cost.ts';
import type { CelFunction, Cost } from './function.ts';

type Step = Authorizer['step'];

/** A member of one step of a check that takes texts and gives the next step. */
function step(name: string, from: Step, to: Step, texts: number, say: (...texts: string[]) => Partial<AccessRequest>) {
  return member(name, texts, (target, given) =>
    target instanceof Authorizer && target.step === from ? target.with(to, say(...given)) : noSuchOverload(),
  );
}

/** A selector is parsed to a list of requirements of two characters or more (library/cost.go selectorCostEstimate). */
const selectorCost: Cost = ([, selector]) => {
  const size = sizeOf(selector);
  return 10 + walk(size) + Math.ceil(Math.ceil(size * 0.5) * 50);
};

function member(name: string, texts: number, apply: (target: Value, texts: string[]) => Value): CelFunction {
  return {
    name,
    style: 'member',
    arity: [texts + 1],
    apply: (target, ...given) => {
      const strings = given.filter((value) => typeof value === 'string');
      return strings.length < texts ? noSuchOverload() : apply(target ?? null, strings);
    },
  };
}

const ofDecision = (name: string, get: (decision: Decision) => Value): CelFunction =>
  member(name, 0, (target) => (target instanceof Decision ? get(target) : noSuchOverload()));

/** Two checks an expression fit the limit (pkg/cel/library/cost.go). */
const CHECK_COST = 350_000;

const check = (): CelFunction => ({
  ...member('check', 1, (target, [verb = '']) =>
    target instanceof Authorizer && (target.step === 'path' || target.step === 'resource')
      ? target.check(verb)
      : noSuchOverload(),
  ),
  cost: () => CHECK_COST,
});

/** Kubernetes' Authorizer (pkg/cel/library/authz.go). */
export const authorizerFunctions = (): readonly CelFunction[] => [
  step('path', 'authorizer', 'path', 1, (path = '') => ({ path })),
  step('group', 'authorizer', 'group', 1, (group = '') => ({ group })),
  step('serviceAccount', 'authorizer', 'authorizer', 2, (namespace = '', name = '') => ({
    serviceAccount: { namespace, name },
  })),
  step('resource', 'group', 'resource', 1, (resource = '') => ({ resource })),
  step('subresource', 'resource', 'resource', 1, (subresource = '') => ({ subresource })),
  step('namespace', 'resource', 'resource', 1, (namespace = '') => ({ namespace })),
  step('name', 'resource', 'resource', 1, (name = '') => ({ name })),
  check(),
  ofDecision('allowed', ({ access }) => access.allowed),
  ofDecision('reason', ({ access }) => access.reason),
  ofDecision('errored', ({ access }) => access.error !== null),
  ofDecision('error', ({ access }) => access.error ?? ''),
];

/** Its selectors, since 1.31. */
export const authorizerSelectorFunctions = (): readonly CelFunction[] => [
  {
    ...step('fieldSelector', 'resource', 'resource', 1, (fieldSelector = '') => ({ fieldSelector })),
    cost: selectorCost,
  },
  {
    ...step('labelSelector', 'resource', 'resource', 1, (labelSelector = '') => ({ labelSelector })),
    cost: selectorCost,
  },
];
