import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Json } from '../../model/json.ts';
import { timeLimit } from '../../model/clock.ts';
import { member } from '../../model/json.ts';
import { ApiFailure } from './failure.ts';
import { parseWithoutFieldSets } from './field-sets.ts';
import { failureOf } from './transport.ts';
import type { Transport } from './transport.ts';

const unzip = promisify(gunzip);
const PAGE = 500;
/** A page beyond this is asked for again in smaller ones: 500 objects may have 1.5 MB each. */
const PAGE_BYTES = 48_000_000;
const PAGE_TIMEOUT = 120_000;

/** One page of a list. */
export interface ListPage {
  readonly items: readonly Json[];
  /** The list's resourceVersion, the same in all its pages. */
  readonly resourceVersion: string | null;
  readonly last: boolean;
}

interface Fetched {
  readonly bytes: Buffer;
  readonly limit: number;
}

async function fetchPage(
  transport: Transport,
  path: string,
  limit: number,
  from: string | null,
  ask: { readonly accept: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  const query = `limit=${limit}${from === null ? '' : `&continue=${encodeURIComponent(from)}`}`;
  const where = `list ${path}`;
  const timeout = timeLimit(PAGE_TIMEOUT, transport.clock);
  try {
    const signal = AbortSignal.any([ask.signal, timeout.signal]);
    const answer = await transport.get(`${path}?${query}`, { accept: ask.accept, gzip: !transport.local, signal });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      // Leaving the loop destroys the stream.
      if (size > PAGE_BYTES && limit > 1) return await fetchPage(transport, path, Math.ceil(limit / 10), from, ask);
    }
    const bytes = Buffer.concat(chunks, size);
    // Unzipping runs in another thread.
    return { bytes: answer.gzipped ? await unzip(bytes) : bytes, limit };
  } catch (error) {
    if (timeout.signal.aborted && !ask.signal.aborted) {
      throw new ApiFailure('silent', `${where}: a page took more than ${PAGE_TIMEOUT / 1000} s`, { cause: error });
    }
    throw failureOf(error, where);
  } finally {
    timeout.release();
  }
}

function itemsOf(list: Json): readonly Json[] {
  const items = member(list, 'items');
  return Array.isArray(items) ? (items as readonly Json[]) : [];
}

/** The `continue` token from the head of a page, before it is parsed; null where it cannot be told yet. */
function earlyContinue(bytes: Buffer): string | null {
  const head = bytes.toString('utf8', 0, 2000);
  const end = head.indexOf('"items":');
  if (end === -1) return null;
  return /"continue":"([A-Za-z0-9_=-]+)"/.exec(head.slice(0, end))?.[1] ?? null;
}

/**
 * All pages of a list, 500 objects each; the next page is under way while the last one is parsed. Throws
 * {@link ApiFailure}: `expired` where the server no longer knows the list's state, `garbled` where it is no list.
 */
export async function* listPages(
  transport: Transport,
  path: string,
  ask: { readonly accept: string; readonly signal: AbortSignal },
): AsyncGenerator<ListPage, void, undefined> {
  const ahead = new AbortController();
  const asking = { ...ask, signal: AbortSignal.any([ask.signal, ahead.signal]) };
  const fetch = (limit: number, from: string | null): Promise<Fetched> => {
    const page = fetchPage(transport, path, limit, from, asking);
    // Awaited below; meanwhile a failure is nobody's unhandled rejection.
    page.catch(() => undefined);
    return page;
  };
  try {
    let coming: Promise<Fetched> | null = fetch(PAGE, null);
    while (coming !== null) {
      const { bytes, limit }: Fetched = await coming;
      const early = earlyContinue(bytes);
      coming = early === null ? null : fetch(limit, early);
      let list: Json;
      try {
        list = parseWithoutFieldSets(bytes, itemsOf);
      } catch (error) {
        throw new ApiFailure('garbled', `list ${path}: no JSON`, { cause: error });
      }
      const metadata = member(list, 'metadata');
      const items = member(list, 'items') ?? [];
      if (!Array.isArray(items) || metadata === undefined) throw new ApiFailure('garbled', `list ${path}: no list`);
      const version = member(metadata, 'resourceVersion');
      const rest = member(metadata, 'continue');
      if (early === null && typeof rest === 'string' && rest !== '') coming = fetch(limit, rest);
      yield {
        items: items as readonly Json[],
        resourceVersion: typeof version === 'string' && version !== '' ? version : null,
        last: coming === null,
      };
    }
  } finally {
    ahead.abort();
  }
}
