import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Owners, type Owner } from '../findings/owner.ts';
import { newestDialect } from '../guardrails/evaluate/dialect.ts';
import { readPolicyDocument } from '../guardrails/formats/registry.ts';
import { type Guardrail, guardrailsOf } from '../guardrails/policy-set.ts';
import { Replay, type Gap, type Span } from '../guardrails/replay/replay.ts';
import type { World } from '../guardrails/world.ts';
import type { Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import { coverageItem, timeText, verdictItem } from './items.ts';
import { momentOf } from './moment.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import type { replayBodySchema, replaySchema } from './schemas.ts';
import { writersOf } from './version-items.ts';

/** How long an answer looks before it is given. */
const FIRST_MS = 25;
const NEXT_MS = 250;
/** Resources whose stories are read at once; between two such pages everything else gets its turn. */
const STORIES = 50;
/** Replays that are kept open for their next page, the last ones asked for; any other is opened anew. */
const MOST_OPEN = 4;

type Query = z.infer<typeof replayBodySchema>;
type Answer = z.infer<typeof replaySchema>;
type SpanItem = Answer['items'][number];

/** Where a replay goes on: what it is of, the type, the store's page, and what was counted. */
const positionSchema = z.tuple([
  z.number(), // since
  z.number(), // the position of the log at which it ends
  z.number(), // the number of the type
  z.string().nullable(),
  z.number(), // states
]);

/** The replays of a server, page after page. */
export class Replays {
  readonly #open = new Map<string, Promise<Replay>>();

  /**
   * Goes on for as long as an answer may take.
   *
   * @throws PlimsollError PLM1302 where a guardrail cannot judge, PLM1509 for a time to come, PLM1002 for a foreign token
   */
  async page({ store, world }: { readonly store: Store; readonly world: World }, query: Query): Promise<Answer> {
    const { pageToken, limit, ...asked } = query;
    const digest = createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
    const from = decodePageToken(digest, pageToken);
    const times = await store.times();
    const guardrails = guardrailsIn(query);
    if (times === null) return { items: [], nextPageToken: null, looked: 0, states: 0, held: null, gaps: [] };
    const [since, end, ...start] =
      from.page === null
        ? [Math.max(query.since, times.oldest), store.headSeq, 0, null, 0]
        : positionSchema.parse(JSON.parse(from.page));
    const replay = await this.#replayOf(`${digest} ${since} ${end}`, guardrails, { store, world, since, end });
    const deadline = performance.now() + (from.page === null ? FIRST_MS : NEXT_MS);
    const items: SpanItem[] = [];
    let [type, page, states] = start;
    let looked = from.skip;
    const owners = new OwnersThen(store);
    while (type < replay.judged.length) {
      const judged = replay.judged[type] ?? { source: '', type: '' };
      const read = await store.storiesSince(judged, since, STORIES, page);
      for (const story of read.items) {
        const held = replay.heldOf(story);
        if (held === 0) continue;
        looked += 1;
        states += held;
        for (const span of replay.spansOf(story)) items.push(await spanItem(span, owners, replay.from));
      }
      page = read.next;
      if (page === null) type += 1;
      await new Promise(setImmediate); // what happens meanwhile is not held up by who replays
      if (items.length >= limit || performance.now() >= deadline) break;
    }
    const isOver = type >= replay.judged.length;
    const position = JSON.stringify([since, end, type, page, states]);
    return {
      items,
      nextPageToken: isOver ? null : encodePageToken(digest, { page: position, skip: looked }),
      looked,
      states,
      held: { since: timeText(since), until: timeText(Math.max(replay.until, since)) },
      gaps: replay.gaps.map(gapItem),
    };
  }

  async #replayOf(
    key: string,
    guardrails: readonly Guardrail[],
    { store, world, since, end }: { store: Store; world: World; since: number; end: number },
  ): Promise<Replay> {
    let found = this.#open.get(key);
    if (found === undefined) {
      found = Replay.open(guardrails, store, { since, until: end, now: world });
      this.#open.set(key, found);
      const [oldest] = this.#open.keys();
      if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#open.delete(oldest);
      // One that could not be opened is tried again, by whoever asks again.
      found.catch(() => this.#open.delete(key));
    }
    return await found;
  }
}

function guardrailsIn({ guardrails: documents }: Query): readonly Guardrail[] {
  const parts = documents.flatMap(({ body, file, document, line }) =>
    readPolicyDocument({
      source: 'files',
      origin: 'files',
      body,
      place: file === null ? null : { file, document, line },
    }),
  );
  const { guardrails, problems } = guardrailsOf(parts, () => newestDialect);
  const fault = [...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)][0];
  const broken = guardrails.some(({ state }) => state === 'broken');
  if (guardrails.length === 0 || broken)
    throw new PlimsollError('PLM1302', fault?.message ?? 'there is no guardrail among the documents');
  return guardrails;
}

/** The topmost owners of resources at a time; a time is asked of once. */
class OwnersThen {
  readonly #store: Store;
  readonly #at = new Map<number, Owners>();

  constructor(store: Store) {
    this.#store = store;
  }

  async of({ verdict }: Span, at: number): Promise<Owner | null> {
    let owners = this.#at.get(at);
    if (owners === undefined) this.#at.set(at, (owners = new Owners(momentOf(this.#store, at))));
    return await owners.of(verdict.resource);
  }
}

async function spanItem(span: Span, owners: OwnersThen, begin: number): Promise<SpanItem> {
  const { verdict, from, until, cause } = span;
  const owner = await owners.of(span, from ?? begin);
  return {
    ...verdictItem(verdict),
    from: from === null ? null : timeText(from),
    until: until === null ? null : timeText(until),
    by: cause === null || from === null ? [] : writersOf(cause.state, cause.before),
    cause: from === null ? null : cause === null ? 'other' : 'resource',
    owner:
      owner === null
        ? null
        : { type: owner.type, kind: owner.kind, namespace: owner.scope, name: owner.name, unseen: owner.unseen },
  };
}

function gapItem({ coverage, from, until }: Gap): Answer['gaps'][number] {
  const { lastComplete: _, ...item } = coverageItem(coverage);
  return { ...item, from: timeText(from), until: until === null ? null : timeText(until) };
}
