import type { LogEvent, Store } from '../inventory/store.ts';
import type { Change } from '../model/change.ts';
import type { ReadPage } from './listing.ts';

/** The changes after `since` (exclusive) as pages of a list; a page is named by the seq that it starts after. */
export function changePages(store: Store, since: number): ReadPage<Change> {
  return async (limit, page) => {
    const start = page === null ? since : Number(page);
    const events = await store.events(start, limit);
    const last = events.at(-1);
    return {
      items: events.filter(isChange).map(({ change }) => change),
      next: last === undefined || events.length < limit ? null : String(last.seq),
    };
  };
}

function isChange(event: LogEvent): event is Extract<LogEvent, { kind: 'change' }> {
  return event.kind === 'change';
}
