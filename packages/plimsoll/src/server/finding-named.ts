import type { Page, Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { displayName } from '../model/resource.ts';

/** How many of the findings that an id may mean are named. */
const mostCandidates = 10;

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
  } while (page !== null && found.length <= mostCandidates);
  const [first, second] = found;
  if (first === undefined) throw new PlimsollError('PLM1005', `There is no finding ${id}.`);
  if (second === undefined) return first;
  const candidates = found.slice(0, mostCandidates).map(candidateText);
  const more = found.length > mostCandidates ? ['…'] : [];
  const message = [`Several findings begin with ${id}: give more of it.`, ...candidates, ...more].join('\n');
  throw new PlimsollError('PLM1005', message);
}

function candidateText({ id, state, policy, resource }: Finding): string {
  return `${id}  ${state}  ${policy.name}  ${displayName(resource)}`;
}
