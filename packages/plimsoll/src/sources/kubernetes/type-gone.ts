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

/**
 * Whether a type that complete discovery no longer names is gone: its CRD is not there, and the server that would know
 * says so. Where that may not be read it is not proven.
 */
export async function provesTypeGone(transport: Transport, type: string, signal: AbortSignal): Promise<boolean> {
  const slash = type.indexOf('/');
  const name = `${type.slice(slash + 1)}.${type.slice(0, slash)}`;
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
