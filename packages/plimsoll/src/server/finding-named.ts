import type { Page, Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';

/**
 * The finding of an id, or of the beginning of one that no other finding shares.
 *
 * @throws PlimsollError PLM1005 where there is none, or several
 */
export async function findingNamed(store: Store, id: string): Promise<Finding> {
  const [exact] = (await store.findings({ id }, 1)).items;
  if (exact !== undefined) return exact;
  const found: Finding[] = [];
  let page: string | null = null;
  do {
    const part: Page<Finding> = await store.findings({}, 1000, page);
    found.push(...part.items.filter((finding) => finding.id.startsWith(id)));
    page = part.next;
  } while (page !== null && found.length < 2);
  const [first, second] = found;
  if (first === undefined) throw new PlimsollError('PLM1005', `There is no finding ${id}.`);
  if (second !== undefined) throw new PlimsollError('PLM1005', `Several findings begin with ${id}: give more of it.`);
  return first;
}
