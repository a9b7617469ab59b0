import { YAML11_SCHEMA, loadAll } from 'js-yaml';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import type { Verdict } from '../../model/verdict.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { namespaceByName, namespaceThere } from '../namespace-view.ts';
import { type Guardrail, guardrailsOf } from '../policy-set.ts';
import type { Origin } from '../policy.ts';
import { resourceOf } from '../suites/kyverno/test-world.ts';
import type { World } from '../world.ts';
import { readPolicyDocument } from './registry.ts';

const kinds = new FileKinds();

/** The documents of a YAML text. */
function documentsOf(yaml: string): readonly JsonObject[] {
  return loadAll(yaml, { schema: YAML11_SCHEMA }) as JsonObject[];
}

/** What is made of a YAML text of policies and what amends them. */
export function guardrailsIn(yaml: string, origin: Origin = 'files', now = 0) {
  const source = origin === 'cluster' ? 'prod' : 'files';
  const parts = documentsOf(yaml).flatMap((body) => readPolicyDocument({ source, origin, body, place: null }));
  return guardrailsOf(parts, () => newestDialect, now);
}

/** All that is wrong with policies and what amends them, as `CODE message`. */
export function problemsIn(yaml: string, origin: Origin = 'files', now = 0): readonly string[] {
  const { guardrails, problems } = guardrailsIn(yaml, origin, now);
  const all: readonly Problem[] = [...guardrails.flatMap((guardrail) => guardrail.problems), ...problems];
  return all.map(({ code, message }) => `${code} ${message}`);
}

/** The resources of a YAML text; what has a namespace and names none is in `default`. */
function resourcesIn(yaml: string, source = 'files'): readonly Resource[] {
  return documentsOf(yaml).map((body) => ({ ...resourceOf(body, null, kinds), source }));
}

/** A world of these resources alone; in a cluster what is not among them is not there. */
function worldOf(resources: readonly Resource[], isCluster = false): World {
  return {
    namespace: (_, name) => {
      const found = resources.find((one) => one.type === 'core/namespaces' && one.name === name);
      return found === undefined
        ? namespaceByName(name, `namespace ${name} is not among the files`)
        : namespaceThere(found);
    },
    list: (_, type, scope) => ({
      items: resources.filter((one) => one.type === type && (scope === null || one.scope === scope)),
    }),
    has: () => false,
    typeOfKind: (_, apiVersion, kind) => kinds.of(apiVersion, kind),
    served: () => (isCluster ? [] : null),
  };
}

/** The verdicts of policies on the first resource of a text, in a world of all of them. */
function judgedBy(policies: readonly Guardrail[], resources: string, source = 'files'): readonly Verdict[] {
  const all = resourcesIn(resources, source);
  const [resource] = all;
  if (resource === undefined) throw new TypeError('a resource is to be judged');
  return evaluateResource(resource, policies, worldOf(all, source !== 'files'));
}

/** The same in words: `OUTCOME message, …` or `OUTCOME reason`. */
export function verdictsOf(policies: string, resources: string, origin: Origin = 'files'): readonly string[] {
  const source = origin === 'cluster' ? 'prod' : 'files';
  return judgedBy(guardrailsIn(policies, origin).guardrails, resources, source).map(({ outcome, reason, violations }) =>
    `${outcome} ${reason ?? violations.map(({ message }) => message).join(', ')}`.trim(),
  );
}

/** The same as `RULE OUTCOME`. */
export function rulesOf(policies: string, resources: string): readonly string[] {
  return judgedBy(guardrailsIn(policies).guardrails, resources).map(({ rule, outcome }) => `${rule} ${outcome}`);
}
