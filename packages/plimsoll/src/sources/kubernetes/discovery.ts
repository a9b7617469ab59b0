import type { z } from 'zod';
import type { Json } from '../../model/json.ts';
import type { StaleGroup } from '../../model/served.ts';
import { apiVersionOf } from '../../model/served.ts';
import { aggregatedSchema, groupListSchema, resourceListSchema, versionsSchema } from './discovery-schema.ts';
import { ApiFailure } from './failure.ts';
import { Turnstile } from './pace.ts';
import type { Transport } from './transport.ts';

/** One resource as one version of a group serves it. */
export interface DiscoveredResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly subresources: readonly string[];
}

/** The answer of discovery: resources, each group's versions in the server's order of preference. */
export interface Discovered {
  readonly resources: readonly DiscoveredResource[];
  /** Versions of groups whose server did not answer; what they serve is unknown. */
  readonly stale: readonly StaleGroup[];
}

// KEP-3352. A server that knows neither answers with the old lists: the third choice.
const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');
const accept = `${AGGREGATED},application/json`;

function read<T extends z.ZodType>(schema: T, value: Json, path: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiFailure('garbled', `GET ${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function fromAggregated(value: Json, path: string): Discovered {
  const resources: DiscoveredResource[] = [];
  const stale: StaleGroup[] = [];
  for (const { metadata, versions } of read(aggregatedSchema, value, path).items) {
    const group = metadata.name ?? '';
    for (const { version, freshness, resources: served } of versions) {
      if (freshness === 'Stale') stale.push({ group, version, reason: 'the server behind this API does not answer' });
      for (const entry of served ?? []) {
        if (!entry.responseKind?.kind) continue;
        resources.push({
          group,
          version,
          resource: entry.resource,
          singular: entry.singularResource ?? '',
          kind: entry.responseKind.kind,
          namespaced: entry.scope === 'Namespaced',
          verbs: entry.verbs ?? [],
          shortNames: entry.shortNames ?? [],
          subresources: (entry.subresources ?? []).map(({ subresource }) => subresource),
        });
      }
    }
  }
  return { resources, stale };
}

async function oneVersion(
  transport: Transport,
  group: string,
  version: string,
  signal: AbortSignal,
): Promise<Discovered> {
  const path = `${group === '' ? '/api' : '/apis'}/${apiVersionOf(group, version)}`;
  let list: NonNullable<z.infer<typeof resourceListSchema>['resources']>;
  try {
    list = read(resourceListSchema, (await transport.json(path, { signal })).value, path).resources ?? [];
  } catch (error) {
    if (!(error instanceof ApiFailure) || signal.aborted) throw error;
    // The server as a whole answered a moment ago: this is about the group. Credentials and outages are not.
    if (error.kind === 'credentials' || error.kind === 'unreachable') throw error;
    return { resources: [], stale: [{ group, version, reason: error.message }] };
  }
  const resources = list
    .filter(({ name }) => !name.includes('/'))
    .map((entry) => ({
      group,
      version,
      resource: entry.name,
      singular: entry.singularName ?? '',
      kind: entry.kind,
      namespaced: entry.namespaced,
      verbs: entry.verbs ?? [],
      shortNames: entry.shortNames ?? [],
      subresources: list
        .filter(({ name }) => name.startsWith(`${entry.name}/`))
        .map(({ name }) => name.slice(entry.name.length + 1)),
    }));
  return { resources, stale: [] };
}

async function perGroup(transport: Transport, legacy: Json | null, signal: AbortSignal): Promise<Discovered> {
  const groups = read(groupListSchema, (await transport.json('/apis', { signal })).value, '/apis').groups;
  const ordered = groups.flatMap(({ name, versions, preferredVersion }) => {
    const words = versions.map(({ version }) => version);
    const first = preferredVersion?.version;
    const inOrder = first === undefined ? words : [first, ...words.filter((version) => version !== first)];
    return inOrder.map((version) => ({ group: name, version }));
  });
  const core = legacy === null ? [] : read(versionsSchema, legacy, '/api').versions;
  const wanted = [...core.map((version) => ({ group: '', version })), ...ordered];
  const turnstile = new Turnstile(6);
  const parts = await Promise.all(
    wanted.map(({ group, version }) => turnstile.pass(() => oneVersion(transport, group, version, signal))),
  );
  return { resources: parts.flatMap((part) => part.resources), stale: parts.flatMap((part) => part.stale) };
}

/**
 * Asks the server what it serves: aggregated discovery v2, else v2beta1, else group by group. A group whose server
 * does not answer is named in `stale`. Throws {@link ApiFailure} where the API server itself does not answer, so a
 * result is complete but for the stale groups.
 */
export async function discover(transport: Transport, signal: AbortSignal): Promise<Discovered> {
  const ask = { accept, gzip: !transport.local, signal };
  const [core, groups] = await Promise.all([
    // An aggregator may serve /apis alone.
    transport.json('/api', ask).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.kind === 'missing') return null;
      throw error;
    }),
    transport.json('/apis', ask),
  ]);
  const aggregated = (contentType: string): boolean => contentType.includes('as=APIGroupDiscoveryList');
  if (!aggregated(groups.contentType) || (core !== null && !aggregated(core.contentType))) {
    const legacy = core !== null && aggregated(core.contentType) ? await transport.json('/api', { signal }) : core;
    return perGroup(transport, legacy?.value ?? null, signal);
  }
  const parts = [...(core === null ? [] : [fromAggregated(core.value, '/api')]), fromAggregated(groups.value, '/apis')];
  return { resources: parts.flatMap((part) => part.resources), stale: parts.flatMap((part) => part.stale) };
}
