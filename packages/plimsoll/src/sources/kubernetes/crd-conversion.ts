import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import { ApiFailure } from './failure.ts';
import type { Transport } from './transport.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The type that a CustomResourceDefinition defines, and whether its versions differ by name alone. */
export interface Conversion {
  readonly type: string;
  readonly byName: boolean;
}

/** What a CustomResourceDefinition says of conversion; null where it is none. */
export function conversionOf(definition: Json): Conversion | null {
  const spec = member(definition, 'spec');
  const group = member(spec, 'group');
  const plural = member(member(spec, 'names'), 'plural');
  if (typeof group !== 'string' || typeof plural !== 'string') return null;
  const strategy = member(member(spec, 'conversion'), 'strategy');
  return { type: `${group}/${plural}`, byName: strategy === undefined || strategy === 'None' };
}

/**
 * Whether admission converts objects of a type by changing their apiVersion alone: strategy None of a CRD. A read in
 * the other version would drop the fields that its schema lacks, which admission does not
 * (k8s.io/apiextensions-apiserver pkg/apiserver/conversion nopConverter; pruned when decoded from storage alone).
 */
export async function isConvertedByName(type: string, transport: Transport, signal: AbortSignal): Promise<boolean> {
  const [group = '', resource = ''] = type.split('/');
  // The groups of CRDs are domain names; Kubernetes' own without a dot are served by itself.
  if (!group.includes('.')) return false;
  try {
    const { value } = await transport.json(`${path}/${encodeURIComponent(`${resource}.${group}`)}`, { signal });
    return conversionOf(value)?.byName ?? false;
  } catch (error) {
    if (error instanceof ApiFailure && !signal.aborted) return false;
    throw error;
  }
}
