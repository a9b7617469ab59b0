import { type Json, type JsonObject, member } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Captured } from './captured.ts';
import { desiredOf } from './desired-of.ts';
import { leftAlone } from './left-alone.ts';

/** A Guardrail, as it is written into a file. */
interface CapturedGuardrail {
  readonly apiVersion: 'plimsoll.dev/v1';
  readonly kind: 'Guardrail';
  readonly metadata: { readonly name: string };
  readonly spec: JsonObject;
}

/** What became of a capture. */
export interface Capture {
  readonly guardrails: readonly CapturedGuardrail[];
  /** How many resources were captured. */
  readonly captured: number;
  /** What was not captured, or not whole, and why, with how many of them. */
  readonly notes: ReadonlyMap<string, number>;
}

const kinds = new FileKinds();
const autoscalers = 'autoscaling/horizontalpodautoscalers';
/** A namespace that every cluster has: what is cluster-scoped is looked for from there. */
const always = 'kube-system';

/**
 * Guardrails that want resources to be as they are: one for each, and one for each namespace that says which of them
 * are to be there. `resources` of all namespaces concerned, their autoscalers among them; `takes` says which are asked for.
 */
export function captureOf(resources: readonly Captured[], takes: (resource: Captured) => boolean, at: string): Capture {
  const autoscaled = new Set(resources.filter(({ type }) => type === autoscalers).map(targetOf));
  const notes = new Map<string, number>();
  const note = (text: string): void => void notes.set(text, (notes.get(text) ?? 0) + 1);
  const names = new Names();
  const manySources = new Set(resources.map(({ source }) => source)).size > 1;
  const taken = resources.filter((resource) => {
    if (!takes(resource)) return false;
    const why = leftAlone(resource);
    if (why !== null) note(why);
    return why === null;
  });
  const guardrails = taken.map((resource) => {
    const { source, type, scope, name, kind } = resource;
    const { desired, ignoreDifferences, leftOut } = desiredOf(resource, autoscaled.has(targetKey(resource)));
    for (const path of leftOut) note(`${type} ${path}: others than its author write it`);
    if (type === 'core/secrets') note('core/secrets: what they hold is never kept; captured by name, labels and type');
    else if (resource.unseen.some((path) => path === 'data' || path === 'spec'))
      note(`${type}: kept without what they hold; captured by name and labels`);
    const shown = scope === null ? name : `${scope}/${name}`;
    return guardrail(names.of([manySources ? source : '', scope ?? '', kind, name]), {
      title: `Drift of ${kind} ${shown}`,
      description: `${kind} ${shown} is not as it was captured from ${source} at ${at}.`,
      ...shared(source, manySources),
      desired,
      ...(ignoreDifferences.length === 0 ? {} : { ignoreDifferences: [...ignoreDifferences] }),
    });
  });
  const scopes = Map.groupBy(taken, ({ source, scope }) => `${source}\0${scope ?? ''}`);
  const present = [...scopes.values()].map((list) => {
    const [{ source, scope } = { source: '', scope: null }] = list;
    const name = names.of([manySources ? source : '', scope ?? 'cluster', 'present']);
    return guardrail(name, { ...presence(list, scope, at), ...shared(source, manySources) });
  });
  return { guardrails: [...guardrails, ...present], captured: taken.length, notes };
}

function shared(source: string, manySources: boolean): JsonObject {
  return { severity: 'medium', categories: ['drift'], ...(manySources ? { sources: [source] } : {}) };
}

/** That all of a namespace's resources, or of the cluster's, are there: judged at the Namespace, by look-ups. */
function presence(list: readonly Captured[], scope: string | null, at: string): JsonObject {
  const types = [...new Set(list.map(({ type }) => type))].sort();
  const lookup = new Map(types.map((type, index) => [type, `type${index}`]));
  const where = scope === null ? 'in the cluster' : `in namespace ${scope}`;
  return {
    title: `What is to be there ${where}`,
    description: `Something is gone ${where} that was there at ${at}.`,
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['*'],
          operations: ['CREATE'],
          resources: ['namespaces'],
          resourceNames: [scope ?? always],
        },
      ],
    },
    lookups: types.map((type) => ({
      name: lookup.get(type) ?? '',
      type,
      ...(scope === null ? {} : { sameNamespace: true }),
    })),
    validations: list.map(({ type, kind, name }) => ({
      expression: `lookups.${lookup.get(type) ?? ''}.exists(o, o.metadata.name == ${celText(name)})`,
      message: `${kind} ${name} is gone ${where}. Put it back, or take it out of the captured state`,
    })),
  };
}

function guardrail(name: string, spec: JsonObject): CapturedGuardrail {
  return { apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name }, spec };
}

/** What an autoscaler sets the replicas of. */
function targetOf({ source, scope, body }: Captured): string {
  const target = member(body['spec'], 'scaleTargetRef');
  const [apiVersion = 'v1', kind, name] = ['apiVersion', 'kind', 'name'].map((key) => text(member(target, key)));
  const type = kinds.of(apiVersion, kind ?? '')?.type ?? kinds.guess(apiVersion, kind ?? '');
  return targetKey({ source, type, scope, name: name ?? '' });
}

function targetKey({ source, type, scope, name }: Pick<Captured, 'source' | 'type' | 'scope' | 'name'>): string {
  return [source, type, scope ?? '', name].join('\0');
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function celText(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Names of objects (RFC 1123) that look like some words, each given once. */
class Names {
  readonly #given = new Set<string>();

  of(words: readonly string[]): string {
    const slug = ['captured', ...words]
      .join('-')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 240);
    let name = slug;
    for (let again = 2; this.#given.has(name); again += 1) name = `${slug}-${again}`;
    this.#given.add(name);
    return name;
  }
}
