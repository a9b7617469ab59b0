import { change, nothing } from '../../inventory/store-contract.ts';
import type { Store } from '../../inventory/store.ts';
import type { Resource } from '../../model/resource.ts';
import { isRead } from './glancing.ts';
import type { Evaluator } from './evaluator.ts';

/** Stores a resource under a name of its own, and looks at it as a backfill does: true where it has to be judged. */
export async function glanceAt(store: Store, resource: Resource, evaluator: Evaluator, seq: number): Promise<boolean> {
  const stored = { ...resource, source: `${resource.source}-${seq}` };
  await store.commit({ ...nothing, changes: [change(seq, 'created', stored)] });
  const only = new Set(evaluator.guardrails.map(({ key }) => key));
  const parts = evaluator.partsRead(resource.source, resource.type, only);
  if (parts === null) return false;
  const [excerpt] = (await store.excerpts({ source: stored.source }, parts, 1)).items;
  if (excerpt === undefined) throw new Error('nothing was stored');
  const seen = { ...excerpt, source: resource.source };
  return !isRead(seen) || evaluator.glance(seen, only, { pass: 0, skip: 0 });
}
