import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import { ApiFailure, kindOfStatus } from './failure.ts';
import { parseWithoutFieldSets } from './field-sets.ts';
import { LineStream } from './line-stream.ts';
import { failureOf } from './transport.ts';
import type { Transport } from './transport.ts';

/** One event of a watch (Kubernetes API concepts, "Efficient detection of changes"). */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: Json;
}

/** Objects are limited to about 1.5 MB by etcd; an event may hold more through an aggregated API. */
const LINE_LIMIT = 64_000_000;

function objectOf(event: Json): readonly Json[] {
  return [member(event, 'object') ?? null];
}

/** Reads one line. Throws {@link ApiFailure}: for an ERROR event what its Status says, else `garbled`. */
function parseEvent(line: Buffer, where: string): WatchEvent {
  let event: Json;
  try {
    event = parseWithoutFieldSets(line, objectOf);
  } catch (error) {
    throw new ApiFailure('garbled', `${where}: an event is no JSON`, { cause: error });
  }
  const type = member(event, 'type');
  const object = member(event, 'object') ?? null;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return { type, object };
    case 'ERROR': {
      const status = member(object, 'code');
      const message = member(object, 'message');
      const code = typeof status === 'number' ? status : 500;
      throw new ApiFailure(
        kindOfStatus(code),
        `${where}: ${typeof message === 'string' ? message : 'an error event'}`,
        {
          status: code,
        },
      );
    }
    default:
      throw new ApiFailure('garbled', `${where}: an event of no known type`);
  }
}

/** By itself, so that who waits has no line in hand. */
function take(lines: LineStream, events: WatchEvent[], where: string): void {
  for (const line of lines.take()) events.push(parseEvent(line, where));
}

/**
 * The events of a watch, each chunk's at once; first an empty array when the server has accepted the watch. An array is
 * emptied when the next one is asked for: who waits for that would hold its objects until then. Ends when
 * the server ends the stream in order. Throws {@link ApiFailure}: `silent` when nothing comes for `patience()`
 * milliseconds (asked anew after each chunk; time that the reader takes does not count).
 */
export async function* watchEvents(
  transport: Transport,
  path: string,
  ask: { readonly accept: string; readonly signal: AbortSignal },
  patience: () => number,
): AsyncGenerator<readonly WatchEvent[], void, undefined> {
  const where = `watch ${path.slice(0, path.indexOf('?'))}`;
  const silence = new AbortController();
  let settle = (): void => undefined;
  let lines: LineStream | null = null;
  const listen = (): void => {
    const limit = patience();
    if (limit !== Infinity) settle = transport.clock.after(limit, () => silence.abort());
  };
  try {
    const signal = AbortSignal.any([ask.signal, silence.signal]);
    listen();
    const { body } = await transport.get(path, { accept: ask.accept, signal });
    settle();
    yield [];
    lines = new LineStream(body, LINE_LIMIT);
    const events: WatchEvent[] = [];
    listen();
    while (await lines.arrives()) {
      settle();
      take(lines, events, where);
      if (events.length > 0) yield events;
      events.length = 0;
      listen();
    }
    if (lines.endsWithin) throw new ApiFailure('broken', `${where}: ended in the middle of an event`);
  } catch (error) {
    if (silence.signal.aborted && !ask.signal.aborted) {
      throw new ApiFailure('silent', `${where}: no sign of life`, { cause: error });
    }
    throw failureOf(error, where);
  } finally {
    settle();
    lines?.close();
  }
}
