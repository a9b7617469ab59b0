import type { z } from 'zod';
import type { Trial } from '../guardrails/trial.ts';
import { isRead } from '../guardrails/evaluate/glancing.ts';
import type { ResourceFilter, Store } from '../inventory/store.ts';
import type { Verdict } from '../model/verdict.ts';
import { verdictItem } from './items.ts';
import { type PagePosition, decodePageToken, encodePageToken } from './page-token.ts';
import type { trialQuerySchema, verdictSchema } from './schemas.ts';

/** How long an answer looks before it is given: the first one at once, the others with less to carry. */
const FIRST_MS = 25;
const NEXT_MS = 250;
/** Resources that are looked at before everything else gets its turn. */
const ROWS = 200;

/** What a page of a trial found, and how many resources were looked at until its end. */
export interface TrialPage {
  readonly items: readonly z.infer<typeof verdictSchema>[];
  readonly nextPageToken: string | null;
  readonly looked: number;
}

/**
 * Looks at resources of a type in the store's order, for as long as an answer may take: pages are short in time, not in
 * number, so that one who waits sees at once what there is and how far it has come.
 *
 * @throws PlimsollError PLM1002 for a foreign pageToken
 */
export async function trialPage(
  trial: Trial,
  store: Pick<Store, 'excerpts' | 'resource'>,
  filter: ResourceFilter,
  { pageToken, limit, ...asked }: z.infer<typeof trialQuerySchema>,
): Promise<TrialPage> {
  const question = JSON.stringify(['/v1/trial', asked]);
  const from = decodePageToken(question, pageToken);
  const until = performance.now() + (from.page === null ? FIRST_MS : NEXT_MS);
  const found: Verdict[] = [];
  let { page, skip: looked }: PagePosition = from;
  do {
    const read = await store.excerpts(filter, trial.parts, ROWS, page);
    for (const excerpt of read.items) {
      if (isRead(excerpt) && !trial.glance(excerpt)) continue;
      const { source, type, scope, name } = excerpt;
      const resource = await store.resource({ source, type, scope, name });
      // One that is gone meanwhile has nothing wrong any more.
      if (resource !== null) found.push(...trial.judge(resource));
    }
    looked += read.items.length;
    page = read.next;
    await new Promise(setImmediate); // what happens meanwhile is not held up by who tries
  } while (page !== null && found.length < limit && performance.now() < until);
  const nextPageToken = page === null ? null : encodePageToken(question, { page, skip: looked });
  return { items: found.map(verdictItem), nextPageToken, looked };
}
