import type { Resource } from '../../model/resource.ts';

/** A resource whose state is captured, as it is known. */
export type Captured = Pick<Resource, 'source' | 'type' | 'scope' | 'name' | 'apiVersion' | 'kind' | 'body' | 'unseen'>;
