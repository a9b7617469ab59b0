import type { z, ZodObject } from 'zod';
import type { Coverage } from '../model/coverage.ts';
import type { JsonObject } from '../model/json.ts';
import type { Backend } from './backend.ts';
import { listPage, pagesOf, type ListQuery, type Rows } from './listing.ts';
import * as schemas from './schemas.ts';

/** One path of the API and a method of it: what it takes, what it answers, and how. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodType;
  /** What the request's body holds; null: it has none. */
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType;
  /** Of an answer that is no refusal. */
  readonly status: 200 | 201;
  readonly handle: (backend: Backend, query: unknown, words: Words, asked: Asked) => Promise<object>;
}

/** The words of a path that stand for its `:names`. */
export type Words = Readonly<Record<string, string>>;

/** What a request says besides its query, and whose it is. */
interface Asked {
  readonly body: JsonObject | null;
  /** Whose token it came with; null where none is asked for. */
  readonly holder: string | null;
}

/** What every route that only reads has in common. */
export const reading = { method: 'get', body: null, status: 200 } as const;

/** A path that answers pages of items; `rows` says where they come from for a query. */
export function list<Q extends z.ZodType<ListQuery>, Item extends ZodObject, T>(
  path: string,
  summary: string,
  query: Q,
  item: Item,
  rows: (backend: Backend, query: z.infer<Q>) => Promise<Rows<T, z.infer<Item>>>,
): Route {
  const fields = Object.keys(item.shape);
  const handle = async (backend: Backend, asked: unknown) => {
    const wanted = query.parse(asked);
    return await listPage(path, wanted, await rows(backend, wanted), fields);
  };
  return { ...reading, path, summary, query, answer: schemas.listSchema(item), handle };
}

/** A path that takes no query and answers one thing. */
export function one(
  path: string,
  summary: string,
  answer: z.ZodType,
  read: (backend: Backend, words: Words) => Promise<object>,
): Route {
  const query = schemas.noQuerySchema;
  const handle = async (backend: Backend, asked: unknown, words: Words) => {
    query.parse(asked);
    return await read(backend, words);
  };
  return { ...reading, path, summary, query, answer, handle };
}

/** Rows that are items already and in memory. */
export function ready<T>(all: readonly T[], coverage: readonly Coverage[] = []): Rows<T, T> {
  return { read: pagesOf(all), item: (row) => row, coverage };
}
