import { resourceListSchema } from './discovery-schema.ts';
import { ApiFailure } from './failure.ts';
import type { Transport } from './transport.ts';

async function isMissing(transport: Transport, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await transport.json(path, { signal });
    return false;
  } catch (error) {
    if (error instanceof ApiFailure) return error.kind === 'missing';
    throw error;
  }
}

async function isNamedNoLonger(transport: Transport, resource: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { value } = await transport.json('/api/v1', { signal });
    const list = resourceListSchema.safeParse(value);
    return list.success && list.data.resources?.some(({ name }) => name === resource) === false;
  } catch (error) {
    if (error instanceof ApiFailure) return false;
    throw error;
  }
}

/**
 * Whether a type that complete discovery no longer names is gone: its CRD is not there, and the server that would know
 * says so. Where that may not be read it is not proven. The core group has no CRDs, and discovery does without it where
 * `/api` is not there (an aggregator may serve the others alone): its own list of resources has to say so.
 */
export async function provesTypeGone(transport: Transport, type: string, signal: AbortSignal): Promise<boolean> {
  const slash = type.indexOf('/');
  const [group, resource] = [type.slice(0, slash), type.slice(slash + 1)];
  if (group === 'core') return await isNamedNoLonger(transport, resource, signal);
  const name = `${resource}.${group}`;
  const definitions = '/apis/apiextensions.k8s.io';
  for (const version of ['v1', 'v1beta1']) {
    // The first version that is served answers for all.
    if (await isMissing(transport, `${definitions}/${version}`, signal)) continue;
    return isMissing(
      transport,
      `${definitions}/${version}/customresourcedefinitions/${encodeURIComponent(name)}`,
      signal,
    );
  }
  return false;
}
