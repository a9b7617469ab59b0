import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Fault } from './proxy-rule.ts';

/** A Kubernetes Status. */
function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

/** Answers with a Kubernetes Status. */
export function answerStatus(
  outgoing: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(code, { 'content-type': 'application/json', ...headers });
  outgoing.end(JSON.stringify(status(code, reason, message)));
}

/** Carries out a fault that needs no answer from the server; false for the others. */
export async function answeredBy(fault: Fault, outgoing: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'status': {
      const { code, reason = '', message = `scripted ${code}`, retryAfterSeconds } = fault;
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      answerStatus(outgoing, code, reason, message, headers);
      return true;
    }
    case 'json':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(fault.body));
      return true;
    case 'error-event':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(`${JSON.stringify({ type: 'ERROR', object: status(fault.code, fault.reason, 'scripted') })}\n`);
      return true;
    case 'silence':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.flushHeaders();
      return true;
    case 'refuse':
      outgoing.destroy();
      return true;
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return false;
    default:
      return false;
  }
}

/** Whether a fault changes the whole text of an answer, which must then not come zipped. */
export function changesText({ kind }: Fault): boolean {
  return kind === 'rewrite' || kind === 'media-as';
}

const changesStream = new Set<Fault['kind']>(['cut', 'garble', 'drop-lines', 'repeat-lines']);

/** Gives the server's answer on as the faults have it, no faster than it is read. */
export async function forward(
  answer: Dispatcher.ResponseData,
  faults: readonly Fault[],
  outgoing: ServerResponse,
): Promise<void> {
  const {
    'content-length': length,
    'transfer-encoding': _encoding,
    connection: _connection,
    ...headers
  } = answer.headers;
  if (faults.some(changesText)) {
    const text = textChange(faults);
    const type = String(headers['content-type'] ?? '');
    outgoing.writeHead(answer.statusCode, { ...headers, 'content-type': text.type(type) });
    outgoing.end(text.body(await answer.body.text()));
    return;
  }
  const untouched = !faults.some(({ kind }) => changesStream.has(kind));
  outgoing.writeHead(
    answer.statusCode,
    untouched && length !== undefined ? { ...headers, 'content-length': length } : headers,
  );
  outgoing.flushHeaders();
  const change = streamChange(faults);
  for await (const chunk of answer.body) {
    const { bytes, end } = change(chunk);
    if (bytes.length > 0 && !outgoing.write(bytes)) await taken(outgoing);
    if (end) {
      // What was written must leave before the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, 20));
      outgoing.destroy();
      return;
    }
  }
  outgoing.end();
}

/** Resolves when the client took what was written, or is gone. */
async function taken(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  outgoing.once('drain', done).once('close', done);
  await promise;
  outgoing.off('drain', done).off('close', done);
}

function textChange(faults: readonly Fault[]): { type: (type: string) => string; body: (body: string) => string } {
  const named = faults.flatMap((fault) => (fault.kind === 'media-as' ? [fault] : []));
  const rewritten = faults.flatMap((fault) => (fault.kind === 'rewrite' ? [fault.text] : []));
  return {
    type: (type) => named.reduce((word, { asked, forwarded }) => word.replace(forwarded.media, asked.media), type),
    body: (body) => {
      const back = named.reduce((word, { asked, forwarded }) => word.replaceAll(forwarded.body, asked.body), body);
      return rewritten.reduce((word, rewrite) => rewrite(word), back);
    },
  };
}

/** What becomes of each chunk; `end` breaks the connection behind it. */
export function streamChange(faults: readonly Fault[]): (chunk: Buffer) => { bytes: Buffer; end: boolean } {
  const cut = faults.find((fault) => fault.kind === 'cut');
  const garble = faults.find((fault) => fault.kind === 'garble');
  const drop = faults.find((fault) => fault.kind === 'drop-lines');
  const repeat = faults.find((fault) => fault.kind === 'repeat-lines');
  const earlier: string[] = [];
  let seen = 0;
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const before = seen;
    seen += chunk.length;
    if (cut !== undefined && seen >= cut.afterBytes)
      return { bytes: chunk.subarray(0, cut.afterBytes - before), end: true };
    if (garble !== undefined && before < garble.afterBytes && seen >= garble.afterBytes) {
      const at = garble.afterBytes - before;
      return {
        bytes: Buffer.concat([chunk.subarray(0, at), Buffer.from(garble.text), chunk.subarray(at)]),
        end: false,
      };
    }
    if (drop === undefined && repeat === undefined) return { bytes: chunk, end: false };
    const all = Buffer.concat([rest, chunk]);
    const whole = all.lastIndexOf('\n') + 1;
    rest = all.subarray(whole);
    const lines = all
      .subarray(0, whole)
      .toString()
      .split(/(?<=\n)/);
    const kept = lines.filter((line) => drop === undefined || !line.includes(drop.containing));
    if (repeat === undefined) return { bytes: Buffer.from(kept.join('')), end: false };
    const repeated = kept.flatMap((line) => {
      earlier.push(line);
      return [line, ...(earlier.length > repeat.after ? earlier.splice(0, 1) : [])];
    });
    return { bytes: Buffer.from(repeated.join('')), end: false };
  };
}
