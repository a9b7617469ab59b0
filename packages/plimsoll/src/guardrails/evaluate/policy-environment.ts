import { type Environment, type Type, type Value, admission, kubernetes, types } from '@plimsoll/cel';
import { kyverno } from '@plimsoll/cel/kyverno';
import type { Policy } from '../policy.ts';
import type { Dialect } from './dialect.ts';
import { kyvernoHost } from './kyverno-host.ts';
import { hasParams } from './params.ts';

/** Slots of the variables of policies; those after `authorizer` are declared where a policy has them. */
export const slots = {
  object: 0,
  oldObject: 1,
  request: 2,
  namespaceObject: 3,
  authorizer: 4,
  params: 5,
  lookups: 6,
  exceptions: 7,
};

const names = Object.keys(slots);

/** What Kyverno's policies read of their exceptions (kyverno pkg/cel/libs/variables.go). */
const exceptionsType: Type = types.struct(
  'libs.Exception',
  types.fieldTable({ allowedImages: types.listOf(types.string), allowedValues: types.listOf(types.string) }),
);

/** `exceptions` where there are none. */
export const noExceptions: Value = { allowedImages: [], allowedValues: [] };

const environments = new Map<string, Environment>();

/** The environment of a policy's expressions without its own variables; policies that have the same share it. */
export function policyEnvironment(policy: Policy, dialect: Dialect): Environment {
  const own = new Set(['object', 'oldObject', 'request', 'namespaceObject']);
  if (policy.engine === 'kyverno') own.add('exceptions');
  else {
    own.add('authorizer');
    if (hasParams(policy)) own.add('params');
    if (policy.lookups.length > 0) own.add('lookups');
  }
  const last = names.findLastIndex((name) => own.has(name));
  // A slot keeps its number where one before it is not declared: no expression can name this one.
  const variables = names.slice(0, last + 1).map((name, slot) => (own.has(name) ? name : `#${slot}`));
  const key = [policy.engine, dialect.version, dialect.expressions, ...variables].join(' ');
  let found = environments.get(key);
  if (found === undefined) {
    found =
      policy.engine === 'kyverno'
        ? admission(kyverno({ variables, host: kyvernoHost }), { types: { exceptions: exceptionsType } })
        : admission(kubernetes(dialect.version, dialect.expressions, { variables }));
    environments.set(key, found);
  }
  return found;
}
