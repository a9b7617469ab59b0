import type { Store } from '../inventory/store.ts';
import { Replays } from './replay-page.ts';
import type { Route } from './route.ts';
import * as schemas from './schemas.ts';

/** The replays that are kept open of a store, for their next pages. */
const open = new WeakMap<Store, Replays>();

/** What guardrails that nobody has yet would have found. It writes nothing: it is a POST because guardrails fit no URL. */
export const replayRoute: Route = {
  method: 'post',
  path: '/v1/replay',
  summary:
    'What guardrails that nobody has yet would have found in the recorded past, page after page; nothing is kept or changed',
  query: schemas.noQuerySchema,
  body: schemas.replayBodySchema,
  answer: schemas.replaySchema,
  status: 200,
  handle: async (backend, query, _, { body }) => {
    schemas.noQuerySchema.parse(query);
    let replays = open.get(backend.store);
    if (replays === undefined) open.set(backend.store, (replays = new Replays()));
    return await replays.page(backend, schemas.replayBodySchema.parse(body ?? {}));
  },
};
