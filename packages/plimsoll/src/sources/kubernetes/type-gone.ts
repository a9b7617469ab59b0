import { groupListSchema, resourceListSchema } from './discovery-schema.ts';
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

/** Whether each version of a group says by itself, in its own list, that it serves no such resource. */
async function isNamedNoLonger(
  transport: Transport,
  group: string,
  resource: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for (const path of await versionsOf(transport, group, signal)) {
      const { value } = await transport.json(path, { signal });
      const list = resourceListSchema.safeParse(value);
      if (!list.success || (list.data.resources ?? []).some(({ name }) => name === resource)) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof ApiFailure) return false;
    throw error;
  }
}

/** Where the lists of a group's versions are; none where the group is gone. @throws {ApiFailure} */
async function versionsOf(transport: Transport, group: string, signal: AbortSignal): Promise<readonly string[]> {
  if (group === 'core') return ['/api/v1'];
  const { value } = await transport.json('/apis', { signal });
  const groups = groupListSchema.safeParse(value);
  if (!groups.success) throw new ApiFailure('garbled', 'GET /apis: it is no APIGroupList');
  const found = groups.data.groups.find(({ name }) => name === group);
  return (found?.versions ?? []).map(({ version }) => `/apis/${group}/${version}`);
}

async function hasNoDefinition(
  transport: Transport,
  group: string,
  resource: string,
  signal: AbortSignal,
): Promise<boolean> {
  const definitions = '/apis/apiextensions.k8s.io';
  for (const version of ['v1', 'v1beta1']) {
    // The first version that is served answers for all.
    if (await isMissing(transport, `${definitions}/${version}`, signal)) continue;
    const name = encodeURIComponent(`${resource}.${group}`);
    return isMissing(transport, `${definitions}/${version}/customresourcedefinitions/${name}`, signal);
  }
  return false;
}

/**
 * Whether a type that complete discovery no longer names is gone: the lists of its group's versions do not name it
 * either, each asked by itself, and its CRD is not there, by a server that would know. Where that may not be read it is
 * not proven. The core group has no CRDs, and discovery does without it where `/api` is not there (an aggregator may
 * serve the others alone).
 */
export async function provesTypeGone(transport: Transport, type: string, signal: AbortSignal): Promise<boolean> {
  const slash = type.indexOf('/');
  const [group, resource] = [type.slice(0, slash), type.slice(slash + 1)];
  if (!(await isNamedNoLonger(transport, group, resource, signal))) return false;
  return group === 'core' || (await hasNoDefinition(transport, group, resource, signal));
}
