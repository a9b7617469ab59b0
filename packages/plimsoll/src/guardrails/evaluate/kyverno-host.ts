import { CelError, Unknown, type Value } from '@plimsoll/cel';
import type { KyvernoHost, KyvernoQuestion } from '@plimsoll/cel/kyverno';
import { type Json, isJsonObject, member } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { typeName } from '../../model/served.ts';
import { labelsOf } from '../match/subject.ts';
import type { Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { knownObject } from './known-object.ts';

/** Who asks: evaluation never waits, so that one asks at a time. */
interface Asking {
  readonly policy: Policy;
  readonly resource: Resource;
  readonly world: World;
}

let asking: Asking | null = null;

/** Says for whom Kyverno's functions are answered from now on. */
export function answerFor(policy: Policy, resource: Resource, world: World): void {
  asking = { policy, resource, world };
}

/**
 * Answers Kyverno's functions from the inventory: `resource.get` and `resource.list` of the types that a policy looks up.
 * What it does not know (the network, the clock, a registry, chance) is unknown, unless its world knows it.
 */
export const kyvernoHost: KyvernoHost = (question, args) => {
  if (asking === null) return undefined;
  const told = asking.world.asked?.(question, args);
  if (told !== undefined) return told;
  if (question === 'resource.get') return get(asking, args);
  if (question === 'resource.list') return list(asking, args);
  if (question === 'resource.toGVR') return toGVR(asking, args);
  return new Unknown([`${question}: ${whyUnknown(question)}`]);
};

function whyUnknown(question: KyvernoQuestion): string {
  const [library = ''] = question.split('.');
  if (library === 'http' || library === 'image') return 'nothing is asked of the network at rest';
  if (library === 'time' || library === 'random') return 'a verdict at rest does not change by itself';
  return 'it is not in the inventory';
}

/** A type as `resource.get` and `resource.list` name it: by apiVersion and plural, or by what `resource.toGVR` gave. */
interface Asked {
  readonly apiVersion: string;
  readonly type: string;
  readonly rest: readonly Value[];
}

function askedOf(args: readonly Value[]): Asked | null {
  const [first = null, second, ...rest] = args;
  if (typeof first === 'string')
    return typeof second === 'string' ? { apiVersion: first, type: typeOf(first, second), rest } : null;
  const words = ['group', 'version', 'resource'].map((word) => member(first as Json, word));
  const [group, version, resource] = words;
  if (typeof group !== 'string' || typeof version !== 'string' || typeof resource !== 'string') return null;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { apiVersion, type: typeName(group, resource), rest: second === undefined ? [] : [second, ...rest] };
}

function typeOf(apiVersion: string, resource: string): string {
  const slash = apiVersion.indexOf('/');
  return typeName(slash < 0 ? '' : apiVersion.slice(0, slash), resource);
}

/** In a policy of one namespace the functions leave the namespace out (kyverno/sdk resource/namespaced_impl.go). */
function withNamespace({ policy }: Asking, rest: readonly Value[]): readonly Value[] {
  const own = policy.reference.namespace;
  return own === null ? rest : [own, ...rest];
}

function get(who: Asking, args: readonly Value[]): Value {
  const asked = askedOf(args);
  if (asked === null) return new Unknown(['resource.get: its type is no text']);
  const [namespace = null, name = null, ...more] = withNamespace(who, asked.rest);
  if (typeof namespace !== 'string' || typeof name !== 'string' || more.length > 0)
    throw noSuchOverload('resource.get');
  const listing = listingOf(who, 'resource.get', asked, namespace);
  if (listing instanceof Unknown) return listing;
  const what = `${asked.type} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const found = listing.items.find((item) => item.name === name && (item.scope ?? '') === namespace);
  if (found !== undefined) return bodyOf(found, asked.apiVersion, listing.notKept);
  // Files may leave out what a cluster has.
  if (who.world.served(who.resource.source) === null)
    return new Unknown([`resource.get: ${what} is not among the files`]);
  return null;
}

function list(who: Asking, args: readonly Value[]): Value {
  const asked = askedOf(args);
  if (asked === null) return new Unknown(['resource.list: its type is no text']);
  const [namespace = null, labels = {}, ...more] = withNamespace(who, asked.rest);
  if (typeof namespace !== 'string' || more.length > 0) throw noSuchOverload('resource.list');
  const listing = listingOf(who, 'resource.list', asked, namespace);
  if (listing instanceof Unknown) return listing;
  const items = listing.items.filter((item) => hasLabels(item, labels as Json));
  return {
    apiVersion: asked.apiVersion,
    kind: new Unknown([`resource.list: the kind of a list of ${asked.type}`], true),
    metadata: new Unknown([`resource.list: the metadata of a list of ${asked.type}`], true),
    items: items.map((item) => bodyOf(item, asked.apiVersion, listing.notKept)),
  };
}

function noSuchOverload(question: string): CelError {
  return new CelError(`no matching overload of ${question} for a policy of this kind`);
}

function hasLabels(item: Resource, labels: Json): boolean {
  const own = labelsOf(item.body);
  return isJsonObject(labels) && Object.entries(labels).every(([key, value]) => member(own, key) === value);
}

interface Known {
  readonly items: readonly Resource[];
  readonly notKept: string | null;
}

function listingOf(who: Asking, question: string, asked: Asked, namespace: string): Known | Unknown {
  const { policy, resource, world } = who;
  if (!policy.lookups.some(({ type }) => type === asked.type))
    return new Unknown([`${question}: that it is about ${asked.type} is not written out in the policy`]);
  const listing = world.list(resource.source, asked.type, namespace === '' ? null : namespace);
  if ('unknown' in listing) return new Unknown([`${question}: ${listing.unknown}`]);
  return { items: listing.items, notKept: listing.notKept ?? null };
}

/** A resource in the version that was asked for. */
function bodyOf(item: Resource, apiVersion: string, notKept: string | null): Value {
  if (item.apiVersion === apiVersion) return knownObject(item.body, item.unseen, notKept);
  const form = item.forms?.find((one) => one.apiVersion === apiVersion);
  if (form?.body != null) return knownObject(form.body, item.unseen, notKept);
  const why = form?.unknown ?? 'it has not been read in that version';
  return new Unknown([`${item.type} ${item.name} is held as ${item.apiVersion} and read as ${apiVersion}: ${why}`]);
}

function toGVR({ resource, world }: Asking, [apiVersion = null, kind = null]: readonly Value[]): Value {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') throw noSuchOverload('resource.toGVR');
  const found = world.typeOfKind(resource.source, apiVersion, kind);
  if (found === null) return new Unknown([`resource.toGVR: nothing is known of ${apiVersion} ${kind}`]);
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    resource: found.type.slice(found.type.indexOf('/') + 1),
  };
}
