import { type IncomingMessage, get } from 'node:http';
import type { ChangeItem, CoverageItem, FindingItem } from '../packages/plimsoll/src/server/schemas.ts';
import { now } from './simulated/load.ts';

/** Until a server that is gone listens again a look costs it nothing. */
const AGAIN_MS = 10;
/** Beyond every log: ids have 15 digits at most. */
const BEYOND = 999_999_999_999_999;

/** An event of the stream, with its position and when it arrived (milliseconds of {@link now}). */
export type Followed = { readonly seq: number; readonly at: number } & (
  | { readonly kind: 'change'; readonly item: ChangeItem }
  | { readonly kind: 'finding'; readonly item: FindingItem }
  | { readonly kind: 'coverage'; readonly item: CoverageItem }
  | { readonly kind: 'reset'; readonly item: object }
);

/** A client of `/v1/stream` that resumes with Last-Event-ID whenever the server is gone, as a browser does. */
export class StreamFollower {
  readonly #url: string;
  readonly #took: (event: Followed) => void;
  #last: string;
  #answer: IncomingMessage | null = null;
  #stopped = false;
  #connections = 0;

  /** Follows from `since` (exclusive) on. */
  constructor(url: string, kinds: string, since: number, took: (event: Followed) => void) {
    this.#url = `${url}/v1/stream?kinds=${kinds}`;
    this.#last = String(since);
    this.#took = took;
    this.#connect();
  }

  /** The position that it would resume from. */
  get position(): number {
    return Number(this.#last);
  }

  /** How often it connected. */
  get connections(): number {
    return this.#connections;
  }

  /** Where the log of a server ends: what it says to a client that comes from beyond it. */
  static async head(url: string): Promise<number> {
    return await new Promise((resolve) => {
      const asked = new StreamFollower(url, 'change', BEYOND, ({ seq }) => {
        asked.stop();
        resolve(seq);
      });
    });
  }

  #connect(): void {
    if (this.#stopped) return;
    let over = false;
    const again = (): void => {
      if (over) return;
      over = true;
      setTimeout(() => this.#connect(), AGAIN_MS);
    };
    const asked = get(this.#url, { agent: false, headers: { 'last-event-id': this.#last } }, (answer) => {
      if (answer.statusCode !== 200) throw new Error(`the stream answers ${answer.statusCode}`);
      this.#answer = answer;
      this.#connections += 1;
      let rest = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        const at = now();
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) this.#frame(frame, at);
      });
      answer.once('close', again);
      answer.once('error', again);
    });
    asked.once('error', again);
  }

  #frame(text: string, at: number): void {
    const fields = new Map<string, string>();
    for (const line of text.split('\n')) {
      const colon = line.indexOf(': ');
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
    }
    const id = fields.get('id');
    if (id !== undefined) this.#last = id;
    const [kind, body] = [fields.get('event'), fields.get('data')];
    if (kind === undefined || body === undefined) return;
    this.#took({ seq: Number(id), at, kind, item: JSON.parse(body) } as Followed);
  }

  stop(): void {
    this.#stopped = true;
    this.#answer?.destroy();
  }
}
