/** Which requests a rule is about; every part given must hold. */
export interface RequestMatch {
  readonly method?: string;
  /** The whole path, or a part of it as a regular expression. */
  readonly path?: string | RegExp;
  /** Query parameters and their values; null: the parameter is absent. */
  readonly query?: Readonly<Record<string, string | null>>;
}

/** What is done to a request or its answer. */
export type Fault =
  /** Answers with a Kubernetes Status. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Answers with this JSON. */
  | { readonly kind: 'json'; readonly body: object }
  /** Answers 200 to a watch and ends it with an ERROR event that holds a Status. */
  | { readonly kind: 'error-event'; readonly code: number; readonly reason: string }
  /** Waits before forwarding. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Forwards so many bytes of the answer, then breaks the connection. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Puts this text into the answer's stream after so many bytes, then forwards on. */
  | { readonly kind: 'garble'; readonly afterBytes: number; readonly text: string }
  /** Accepts and answers 200, and never sends a byte of the body. */
  | { readonly kind: 'silence' }
  /** Breaks the connection without an answer. */
  | { readonly kind: 'refuse' }
  /** Forwards without these query parameters, as an old server ignores what it does not know. */
  | { readonly kind: 'drop-parameters'; readonly names: readonly string[] }
  /** Forwards without these headers. */
  | { readonly kind: 'drop-headers'; readonly names: readonly string[] }
  /** Forwards without the media types of `Accept` that match; where none is left it is 406, as the server says it. */
  | { readonly kind: 'unknown-media'; readonly pattern: RegExp }
  /** Forwards a media type of `Accept` under another name; type and text of the answer are named back. */
  | { readonly kind: 'media-as'; readonly asked: Naming; readonly forwarded: Naming }
  /** Leaves lines out of a watch that hold this text (bookmarks: `"type":"BOOKMARK"`). */
  | { readonly kind: 'drop-lines'; readonly containing: string }
  /** Sends each line of a watch once more after so many further ones (0: at once): duplicate and late events. */
  | { readonly kind: 'repeat-lines'; readonly after: number }
  /** Changes the whole body of an answer that is no stream. */
  | { readonly kind: 'rewrite'; readonly text: (body: string) => string };

/** A version of an API as a media type and as a body name it. */
export interface Naming {
  readonly media: string;
  readonly body: string;
}

/** A fault for requests that match, so many times or until it is taken away. */
export interface ProxyRule {
  readonly match: RequestMatch;
  readonly fault: Fault;
  readonly times?: number;
}

/** Whether a rule is about this request. */
export function matches(match: RequestMatch, method: string, url: URL): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (typeof match.path === 'string' && match.path !== url.pathname) return false;
  if (match.path instanceof RegExp && !match.path.test(url.pathname)) return false;
  return Object.entries(match.query ?? {}).every(([name, value]) => url.searchParams.get(name) === value);
}
