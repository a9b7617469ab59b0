import type { z } from 'zod';
import { PlimsollError } from '../../model/errors.ts';
import * as schemas from '../../server/schemas.ts';
import type { ListAnswer } from '../../server/schemas.ts';
import { jsonText } from '../../model/json-text.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import { stranger } from './stranger.ts';

/** Values of a query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** What a request writes; `body`: as JSON. */
export interface Write {
  readonly method: 'POST' | 'DELETE';
  readonly body: string;
}

/** How a request reaches the API: over HTTP, or inside this process. */
export interface Transport {
  /** For the person: `http://127.0.0.1:7070`, `the store …`, `the demo fleet`. */
  readonly name: string;
  /** Whether another process answers, which may be no Plimsoll, or one of another version. */
  readonly remote: boolean;
  readonly ask: (path: string, write?: Write) => Promise<{ readonly status: number; readonly body: string }>;
  readonly close: () => Promise<void>;
}

/** The lists of the API and what they hold. */
interface ListItems {
  readonly sources: schemas.SourceItem;
  readonly types: schemas.TypeItem;
  readonly resources: schemas.ResourceItem;
  readonly versions: schemas.VersionItem;
  readonly changes: schemas.ChangeItem;
  readonly findings: schemas.FindingItem;
  readonly guardrails: schemas.GuardrailItem;
  readonly waivers: schemas.WaiverItem;
}

const lists: { readonly [N in keyof ListItems]: z.ZodType<ListItems[N]> } = {
  sources: schemas.sourceSchema,
  types: schemas.typeSchema,
  resources: schemas.resourceSchema,
  versions: schemas.versionSchema,
  changes: schemas.changeSchema,
  findings: schemas.findingSchema,
  guardrails: schemas.guardrailSchema,
  waivers: schemas.waiverSchema,
};

/** Refusals that are about what was asked, or by whom. */
const askersFaults = [
  'PLM1002',
  'PLM1005',
  'PLM1006',
  'PLM1016',
  'PLM1108',
  'PLM1301',
  'PLM1302',
  'PLM1303',
  'PLM1324',
  'PLM1325',
  'PLM1508',
  'PLM1509',
] as const;

/** Asks the API and holds its answers to the schemas that it is described by. */
export class ApiClient {
  readonly name: string;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.name = transport.name;
  }

  /**
   * A list, page after page, up to `limit` items (undefined: all).
   *
   * @throws PlimsollError the server's own refusal; PLM1004 where it does not answer
   */
  async list<N extends keyof ListItems>(name: N, query: Query, limit?: number): Promise<ListAnswer<ListItems[N]>> {
    const items: ListItems[N][] = [];
    let undecided = { count: 0, example: null as string | null };
    let last: ListAnswer<ListItems[N]> | null = null;
    for await (const answer of this.pages(name, query, limit)) {
      items.push(...answer.items);
      const { count, example } = answer.coverage.undecided;
      undecided = { count: undecided.count + count, example: undecided.example ?? example };
      last = answer;
    }
    if (last === null) throw new Error('a list has a page at least');
    return { ...last, items, coverage: { ...last.coverage, undecided } };
  }

  /** The pages of a list, each when it is asked for, up to `limit` items: memory holds one of them. */
  async *pages<N extends keyof ListItems>(
    name: N,
    query: Query,
    limit?: number,
  ): AsyncGenerator<ListAnswer<ListItems[N]>> {
    let pageToken: string | undefined;
    for (let given = 0; ;) {
      const size = Math.min(1000, limit === undefined ? 1000 : limit - given);
      const answer = await this.#page(name, { ...query, limit: size, pageToken });
      given += answer.items.length;
      yield answer;
      if (answer.nextPageToken === null || (limit !== undefined && given >= limit)) return;
      pageToken = answer.nextPageToken;
    }
  }

  async #page<N extends keyof ListItems>(name: N, query: Query): Promise<ListAnswer<ListItems[N]>> {
    const item: z.ZodType<ListItems[N]> = lists[name];
    return await this.#ask(`/v1/${name}${queryText(query)}`, schemas.listSchema(item));
  }

  /**
   * What a guardrail of one expression would find, page after page as it is found.
   *
   * @throws PlimsollError PLM1006 where the expression does not compile
   */
  async *trial(query: Query): AsyncGenerator<z.infer<typeof schemas.trialSchema>> {
    for (let pageToken: string | null | undefined; pageToken !== null;) {
      const answer = await this.#ask(`/v1/trial${queryText({ ...query, pageToken })}`, schemas.trialSchema);
      yield answer;
      pageToken = answer.nextPageToken;
    }
  }

  /**
   * What guardrails that nobody has yet would have said since a time, page after page as it is found.
   *
   * @throws PlimsollError PLM1302 where one of them cannot judge, PLM1509 for a time to come
   */
  async *replay(asked: z.input<typeof schemas.replayBodySchema>): AsyncGenerator<schemas.ReplayAnswer> {
    for (let pageToken: string | null | undefined; pageToken !== null;) {
      const body = jsonText({ ...asked, ...(pageToken === undefined ? {} : { pageToken }) });
      const answer: schemas.ReplayAnswer = await this.#ask('/v1/replay', schemas.replaySchema, {
        method: 'POST',
        body,
      });
      yield answer;
      pageToken = answer.nextPageToken;
    }
  }

  /** How two states of a resource differ. @throws PlimsollError PLM1005, PLM1508, PLM1509 */
  async diff(query: Query): Promise<schemas.DiffItem> {
    return await this.#ask(`/v1/diff${queryText(query)}`, schemas.diffSchema);
  }

  /** Why a finding stands; the beginning of its id will do. @throws PlimsollError PLM1005 where there is none, or several */
  async explanation(id: string): Promise<schemas.Explanation> {
    return await this.#ask(`/v1/findings/${encodeURIComponent(id)}/explanation`, schemas.explanationSchema);
  }

  /** A finding; the beginning of its id will do. @throws PlimsollError PLM1005 where there is none, or several */
  async finding(id: string): Promise<schemas.FindingItem> {
    return await this.#ask(`/v1/findings/${encodeURIComponent(id)}`, schemas.findingSchema);
  }

  /** Puts a waiver in force. @throws PlimsollError PLM1016 where no server runs, PLM1324 where the name is taken */
  async keepWaiver(document: object): Promise<schemas.WaiverItem> {
    const body = JSON.stringify(document);
    return await this.#ask('/v1/waivers', schemas.waiverSchema, { method: 'POST', body });
  }

  /** Ends a waiver that the server keeps. @throws PlimsollError PLM1016, PLM1005, PLM1325 */
  async endWaiver(name: string): Promise<schemas.WaiverItem> {
    const path = `/v1/waivers/${encodeURIComponent(name)}`;
    return await this.#ask(path, schemas.waiverSchema, { method: 'DELETE', body: '' });
  }

  /** The type that a word stands for. @throws PlimsollError PLM1005 where there is none, with the nearest */
  async typeNamed(word: string): Promise<schemas.TypeName> {
    return await this.#ask(`/v1/types/${encodeURIComponent(word)}`, schemas.typeNameSchema);
  }

  /** The configuration that the server runs with. */
  async configuration(): Promise<schemas.ConfigurationItem> {
    return await this.#ask('/v1/configuration', schemas.configurationSchema);
  }

  async #ask<T>(path: string, schema: z.ZodType<T>, write?: Write): Promise<T> {
    const { status, body } = await this.#transport.ask(path, write);
    const answer = this.#read(body);
    if (status < 400) {
      const read = schema.safeParse(answer);
      if (read.success) return read.data;
      throw this.#transport.remote ? stranger(this.name, read.error) : read.error;
    }
    const refusal = schemas.problemReplySchema.safeParse(answer);
    if (!refusal.success) throw new PlimsollError('PLM1004', `${this.name} answered ${status} to ${path}.`);
    const { code, detail } = refusal.data;
    throw new PlimsollError(askersFaults.find((fault) => fault === code) ?? 'PLM1004', detail);
  }

  #read(body: string): unknown {
    try {
      return parseExactJson(body);
    } catch (error) {
      throw this.#transport.remote ? stranger(this.name, error) : error;
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }
}

function queryText(query: Query): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) words.set(name, String(value));
  return words.size === 0 ? '' : `?${words.toString()}`;
}
