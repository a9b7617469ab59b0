import { Agent, request } from 'undici';

/** A burst of calls waits for one of these: each further TLS handshake would slow the server that answers it. */
const CONNECTIONS = 32;

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path}: ${status} ${body.slice(0, 3000)}`);
    this.status = status;
  }
}

/** A JSON object of the API, as tests write and read it. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into answers of every kind
export type ApiObject = Record<string, any>;

/** The least of a client: JSON by path. Every call throws {@link ApiError} where the answer is no success. */
export class TestClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(url: string, token: string, ca: string) {
    this.#url = url;
    this.#token = token;
    this.#agent = new Agent({ connect: { ca }, connections: CONNECTIONS });
  }

  async #call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: ApiObject,
    contentType = 'application/json',
    warnings: string[] = [],
  ): Promise<ApiObject> {
    const answer = await request(`${this.#url}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    warnings.push(...[answer.headers['warning'] ?? []].flat().flatMap(warningTexts));
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new ApiError(method, path, answer.statusCode, text);
    return text.startsWith('{') ? (JSON.parse(text) as ApiObject) : { text };
  }

  /** The object or list at a path; `{text}` where the answer is no JSON object. */
  get(path: string): Promise<ApiObject> {
    return this.#call('GET', path);
  }

  /** Makes an object in the collection at a path; gives it as the server stored it. */
  create(path: string, body: ApiObject): Promise<ApiObject> {
    return this.#call('POST', path, body);
  }

  /** Makes an object as {@link create} does, and adds what the server warns of to `warnings`. */
  createWarned(path: string, body: ApiObject, warnings: string[]): Promise<ApiObject> {
    return this.#call('POST', path, body, 'application/json', warnings);
  }

  /** Puts a whole object in the place of the one at a path. */
  replace(path: string, body: ApiObject): Promise<ApiObject> {
    return this.#call('PUT', path, body);
  }

  /** A JSON merge patch. */
  patch(path: string, body: ApiObject): Promise<ApiObject> {
    return this.#call('PATCH', path, body, 'application/merge-patch+json');
  }

  /** Deletes at once, without a grace period: no kubelet would end a pod's. */
  delete(path: string): Promise<ApiObject> {
    return this.#call('DELETE', path, { gracePeriodSeconds: 0 });
  }

  /** Ends the connections. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** The texts of a Warning header: `299 - "text"`, several of them after commas (RFC 7234, 5.5). */
function warningTexts(header: string): string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
