import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { PlimsollError } from '../../model/errors.ts';
import {
  changeSchema,
  coverageSchema,
  findingSchema,
  type ChangeItem,
  type CoverageItem,
  type FindingItem,
} from '../../server/schemas.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import { authorization, unanswered } from './http.ts';
import { stranger } from './stranger.ts';

/** An event of `/v1/stream`. */
export type StreamEvent =
  | { readonly event: 'change'; readonly data: ChangeItem }
  | { readonly event: 'finding'; readonly data: FindingItem }
  | { readonly event: 'coverage'; readonly data: CoverageItem }
  | { readonly event: 'reset'; readonly data: { readonly seq: number } };

const resetSchema = z.strictObject({ seq: z.int() });
/** The first wait after a break, and the longest; each is twice the one before. Milliseconds. */
const [firstPause, longestPause] = [100, 5000];

/**
 * Follows events of some kinds on a server's stream until `signal` aborts; after a break, which it `say`s, it resumes
 * with Last-Event-ID and misses nothing. `since` (exclusive) is a position of the change log; undefined: from now on.
 *
 * @throws PlimsollError PLM1004 where the server does not answer at the first attempt, or not as ours does; PLM1108 where
 *   it does not know the token
 */
export async function* followStream(
  url: string,
  kinds: readonly Exclude<StreamEvent['event'], 'reset'>[],
  since: number | undefined,
  signal: AbortSignal,
  say: (line: string) => void,
  token: string | null = null,
): AsyncGenerator<StreamEvent> {
  let last: string | undefined = since === undefined ? undefined : String(since);
  let connected = false;
  let pause: number = firstPause;
  while (!signal.aborted) {
    try {
      const body = await openStream(url, kinds, last, signal, token);
      if (connected) say('Connected again.');
      connected = true;
      pause = firstPause;
      for await (const frame of frames(body)) {
        if (frame.id !== undefined) last = frame.id;
        const event = eventOf(frame);
        if (event !== null) yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof PlimsollError && (!connected || error.code === 'PLM1108')) throw error;
      if (!connected) throw unanswered(url, error);
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw stranger(url, error);
    }
    if (signal.aborted) return;
    say('The stream broke off; trying again.');
    await delay(pause, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    pause = Math.min(longestPause, pause * 2);
  }
}

/** A new answer of the stream, after the event `last`. */
async function openStream(
  url: string,
  kinds: readonly string[],
  last: string | undefined,
  signal: AbortSignal,
  token: string | null,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { ...authorization(token), ...(last === undefined ? {} : { 'last-event-id': last }) };
  const response = await fetch(`${url}/v1/stream?kinds=${kinds.join(',')}`, { signal, headers });
  if (response.status === 401) throw new PlimsollError('PLM1108', `${url} asks for a token, and knows none of this.`);
  if (!response.ok || response.body === null) throw new PlimsollError('PLM1004', `${url} answered ${response.status}.`);
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) throw stranger(url);
  return response.body;
}

interface Frame {
  readonly event: string;
  readonly id: string | undefined;
  /** Undefined in a frame that only says how far the stream is. */
  readonly data: string | undefined;
}

/** The frames of an event stream (WHATWG HTML 9.2.6, as far as our server uses it). */
async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) =>
        part
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      yield { event: field('event') ?? 'message', id: field('id'), data: field('data') };
    }
  }
}

/** A frame's event; null for one that a later server may send. */
function eventOf({ event, data }: Frame): StreamEvent | null {
  if (data === undefined) return null;
  const value = parseExactJson(data);
  switch (event) {
    case 'change': {
      const shape: z.ZodType<ChangeItem> = changeSchema;
      return { event, data: shape.parse(value) };
    }
    case 'finding':
      return { event, data: findingSchema.parse(value) };
    case 'coverage':
      return { event, data: coverageSchema.parse(value) };
    case 'reset':
      return { event, data: resetSchema.parse(value) };
    default:
      return null;
  }
}
