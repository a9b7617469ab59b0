import type { PolicyDocument } from '../../guardrails/policy.ts';
import type { FilePlace } from '../../model/resource.ts';
import type { FileItem } from '../../sources/files/file-item.ts';
import { readTargets } from '../../sources/files/read-targets.ts';

/** Gives the places of the fields of a document in its file, as it stands now; null where it is not there any more. */
export async function locateIn({ file, document }: FilePlace): Promise<PolicyDocument['locate'] | null> {
  if (file === '-') return null;
  let found: PolicyDocument['locate'] | null = null;
  const take = (items: readonly FileItem[]) => {
    for (const item of items)
      if (item.item === 'object' && item.place.document === document) found = item.locate ?? null;
  };
  try {
    await readTargets([file], take, { locatable: () => true });
  } catch {
    return null; // it went, or may not be read: the field's path says where it is all the same
  }
  return found;
}
