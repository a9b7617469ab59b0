import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Json } from '../../model/json.ts';
import type { Clock } from '../../model/clock.ts';
import { timeLimit } from '../../model/clock.ts';
import { isJsonObject, member } from '../../model/json.ts';
import { certificateNote } from './client-certificate.ts';
import { Credentials } from './credentials.ts';
import type { Credential } from './credentials.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import { ApiFailure, kindOfStatus, retryAfterMs } from './failure.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { Surroundings } from './surroundings.ts';

const unzip = promisify(gunzip);
const userAgent = `plimsoll (node ${process.versions.node}; ${process.platform}/${process.arch})`;

/** An answer with status 200, or 201 to a review; the body is read by whoever asked. */
export interface Answer {
  readonly contentType: string;
  readonly gzipped: boolean;
  /** When the server says that it is; null where it does not say. */
  readonly date: string | null;
  readonly body: Dispatcher.ResponseData['body'];
}

/** How to ask. */
export interface Ask {
  readonly accept?: string;
  /** Ask for a gzipped answer: for lists; the server zips no watch. */
  readonly gzip?: boolean;
  /** A review to POST, which the server answers and does not keep; left out: GET. */
  readonly review?: string;
  readonly signal: AbortSignal;
}

const unreachableCodes =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;
const tlsCodes = /^(ERR_(TLS|SSL|OSSL)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_)|_CERT|EPROTO/;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What a failed connection or stream means. Anything that is no failure of the network is thrown as it is. */
export function failureOf(error: unknown, where: string): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const extra = { cause: error };
  if (error instanceof AggregateError) {
    const first: unknown = error.errors[0];
    return failureOf(first, where);
  }
  if (unreachableCodes.test(code)) return new ApiFailure('unreachable', `${where}: ${message || code}`, extra);
  if (tlsCodes.test(code)) return new ApiFailure('unreachable', `${where}: TLS: ${message}`, extra);
  if (code.startsWith('HPE_') || error instanceof SyntaxError || error instanceof RangeError) {
    return new ApiFailure('garbled', `${where}: ${message}`, extra);
  }
  return new ApiFailure('broken', `${where}: ${message || code}`, extra);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** Headers as undici takes them; a value with newlines (impersonated groups) is sent as several headers. */
function headerLines(headers: Readonly<Record<string, string>>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.includes('\n') ? value.split('\n') : value]),
  );
}

/**
 * The connections to one API server. HTTP/1.1: one connection a watch, none of which can hold up another (HTTP/2 from
 * Node is no faster, costs the server more, and leaves the streams beyond the server's limit waiting in silence).
 */
export class Transport {
  /** The server with its path, behind which a gateway has several clusters. */
  readonly address: string;
  /** True where gzip would only cost time: the server is on this machine. */
  readonly local: boolean;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #context: KubeContext;
  readonly #credentials: Credentials;
  readonly #timeout: number;
  readonly #surroundings: Surroundings;
  #dispatcher: Dispatcher | null = null;
  #material = '';

  /** Opens nothing. `timeout`: milliseconds for one small answer. */
  constructor(context: KubeContext, timeout: number, surroundings: Surroundings) {
    const url = new URL(
      /^https?:\/\//.test(context.cluster.server) ? context.cluster.server : `https://${context.cluster.server}`,
    );
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/$/, '');
    this.address = this.#origin + this.#prefix;
    this.local = isLoopback(url.hostname) && context.cluster['proxy-url'] === undefined;
    this.#context = context;
    this.#credentials = new Credentials(context, surroundings.clock);
    this.#timeout = timeout;
    this.#surroundings = surroundings;
  }

  /** The time that this cluster is asked in. */
  get clock(): Clock {
    return this.#surroundings.clock;
  }

  /**
   * GETs `path` (with its query), or POSTs a review to it. Gives a 200; throws {@link ApiFailure} for everything else. After a 401 a new
   * credential is obtained and it is tried once more.
   */
  async get(path: string, ask: Ask): Promise<Answer> {
    try {
      return await this.#once(path, ask);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 401) throw error;
      this.#credentials.refused();
      return this.#once(path, ask);
    }
  }

  /** GETs a whole answer and parses it. Ends after `timeout` milliseconds (the transport's where left out). */
  async json(path: string, ask: Ask, timeout = this.#timeout): Promise<{ value: Json; contentType: string }> {
    const limit = timeLimit(timeout, this.clock);
    try {
      const answer = await this.get(path, { ...ask, signal: AbortSignal.any([ask.signal, limit.signal]) });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      // Unzipping runs in another thread: the event loop goes on meanwhile.
      const text = (answer.gzipped ? await unzip(bytes) : bytes).toString('utf8');
      return { value: parseExactJson(text), contentType: answer.contentType };
    } catch (error) {
      if (limit.signal.aborted && !ask.signal.aborted) {
        throw new ApiFailure('silent', `GET ${path}: no answer within ${timeout / 1000} s`, { cause: error });
      }
      throw failureOf(error, `GET ${path}`);
    } finally {
      limit.release();
    }
  }

  /** Ends all connections, in use or not. */
  async close(): Promise<void> {
    const dispatcher = this.#dispatcher;
    this.#dispatcher = null;
    await dispatcher?.destroy();
  }

  async #once(path: string, ask: Ask): Promise<Answer> {
    const credential = await this.#credentials.current(ask.signal);
    const where = `${ask.review === undefined ? 'GET' : 'POST'} ${path}`;
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#connected(credential).request({
        origin: this.#origin,
        path: this.#prefix + path,
        method: ask.review === undefined ? 'GET' : 'POST',
        body: ask.review ?? null,
        headers: headerLines({
          accept: ask.accept ?? 'application/json',
          ...(ask.review === undefined ? {} : { 'content-type': 'application/json' }),
          'user-agent': userAgent,
          ...(ask.gzip === true ? { 'accept-encoding': 'gzip' } : {}),
          ...credential.headers,
        }),
        signal: ask.signal,
        // Silence of a watch is noticed by who reads it, with the bookmarks' interval.
        bodyTimeout: 0,
        headersTimeout: 60_000,
      });
    } catch (error) {
      throw failureOf(error, where);
    }
    const { statusCode, headers, body } = response;
    const header = (name: string): string | undefined => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    if (statusCode === 200 || (statusCode === 201 && ask.review !== undefined)) {
      return {
        contentType: header('content-type') ?? '',
        gzipped: header('content-encoding') === 'gzip',
        date: header('date') ?? null,
        body,
      };
    }
    const said = await statusMessage(body).catch((error: unknown) => `(${failureOf(error, where).message})`);
    // "Unauthorized" alone is all that the server says of a certificate.
    const { certificate } = credential;
    const note =
      statusCode === 401 && certificate !== null ? `; ${certificateNote(certificate, this.clock.now())}` : '';
    throw new ApiFailure(kindOfStatus(statusCode), `${where}: ${statusCode}${said === '' ? '' : ` ${said}`}${note}`, {
      status: statusCode,
      retryAfter: retryAfterMs(header('retry-after'), this.clock.now()),
    });
  }

  /** The dispatcher for this credential's certificate; another certificate gets new connections. */
  #connected(credential: Credential): Dispatcher {
    const material = `${credential.certificate ?? ''}\n${credential.key ?? ''}`;
    if (this.#dispatcher !== null && material === this.#material) return this.#dispatcher;
    const old = this.#dispatcher;
    // Watches on old connections go on until they end.
    if (old !== null) void old.close();
    this.#material = material;
    this.#dispatcher = this.#surroundings.connect(this.#context, credential, this.local);
    return this.#dispatcher;
  }
}

/** The message of the Status that an error's body holds (at most 300 characters); '' where it holds none. */
async function statusMessage(body: Dispatcher.ResponseData['body']): Promise<string> {
  const text = (await body.text()).slice(0, 100_000);
  if (!text.startsWith('{')) return '';
  const status = JSON.parse(text) as Json;
  const message = isJsonObject(status) ? member(status, 'message') : undefined;
  return typeof message === 'string' ? message.slice(0, 300) : '';
}
