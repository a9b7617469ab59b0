import { Dispatcher, errors } from 'undici';
import { streamChange } from '../proxy-answer.ts';
import { type Fault, matches, type ProxyRule } from '../proxy-rule.ts';
import { json, statusBody, type SimulatedAnswer } from './answer.ts';
import type { SimulatedApiServer } from './api-server.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What is wrong with the way to the server as a whole. */
export type Outage =
  /** Nothing listens there. */
  | 'refused'
  /** Packets go nowhere: connections hang, streams say nothing. */
  | 'lost';

interface Rule extends ProxyRule {
  left: number;
}

/** The way from clients to a simulated server, with the faults that a scripted proxy knows. */
export class SimulatedNetwork {
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #connections = new Set<Connection>();
  #rules: Rule[] = [];
  server: SimulatedApiServer;
  outage: Outage | null = null;
  /** Requests so far, as the server's log would have them. */
  readonly requests: string[] = [];

  constructor(server: SimulatedApiServer, clock: VirtualClock, random: () => number) {
    this.server = server;
    this.#clock = clock;
    this.#random = random;
  }

  /** Adds a fault; gives the way to take it away. */
  rule(rule: ProxyRule): () => void {
    const added: Rule = { ...rule, left: rule.times ?? Infinity };
    this.#rules.push(added);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== added);
    };
  }

  /** Takes all faults away. */
  heal(): void {
    this.#rules = [];
    this.outage = null;
  }

  /** Ends every connection: broken in the middle, or in order, as a server that shuts down does. */
  endAll(how: 'broken' | 'in order'): void {
    for (const connection of this.#connections)
      if (how === 'broken') connection.break();
      else connection.finish();
  }

  /** Loses every connection, and neither side knows. */
  loseAll(): void {
    for (const connection of this.#connections) connection.sever();
  }

  /** A client's way in. */
  client(): SimulatedClient {
    return new SimulatedClient((options, handler) => this.#open(options, handler));
  }

  #open(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): Connection {
    const url = new URL(options.path, 'http://simulated');
    this.requests.push(`${options.method} ${options.path}`);
    const connection = new Connection(
      this.#clock,
      handler,
      () => 0.5 + this.#random() * 4,
      () => {
        this.#connections.delete(connection);
      },
    );
    this.#connections.add(connection);
    const faults = this.#faultsOf(options.method, url);
    connection.later(() => {
      if (this.outage === 'refused') return connection.refuse();
      if (this.outage === 'lost') return;
      const headers = options.headers as Readonly<Record<string, string>>;
      const request = { url, accept: headers['accept'] ?? '', authorization: headers['authorization'] ?? null };
      const delay = faults.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.ms : 0), 0);
      connection.later(
        () => connection.respond(this.server.answer(request), faults, () => this.outage === 'lost'),
        delay,
      );
    });
    return connection;
  }

  #faultsOf(method: string, url: URL): readonly Fault[] {
    const found = this.#rules.find((rule) => rule.left > 0 && matches(rule.match, method, url));
    if (found === undefined) return [];
    found.left -= 1;
    return [found.fault];
  }
}

/** The connections of one client. */
export class SimulatedClient extends Dispatcher {
  readonly #open: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => Connection;
  readonly #connections = new Set<Connection>();
  #dead = false;

  constructor(open: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => Connection) {
    super();
    this.#open = open;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!this.#dead) this.#connections.add(this.#open(options, handler));
    return true;
  }

  /** The client's process is no more: nothing that it waits for ever comes. */
  kill(): void {
    this.#dead = true;
    for (const connection of this.#connections) connection.forget();
  }

  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> {
    callback?.();
    return Promise.resolve();
  }

  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(): Promise<void> {
    for (const connection of this.#connections) connection.abort(new errors.ClientDestroyedError());
    return Promise.resolve();
  }
}

/** One request and its answer on their way. */
class Connection {
  readonly #clock: VirtualClock;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #latency: () => number;
  readonly #closed: () => void;
  readonly #controller: Dispatcher.DispatchController;
  #open = true;
  #begun = false;
  /** Nothing more arrives from the server, and the client does not know. */
  #severed = false;
  /** When what was sent last arrives: nothing overtakes it. */
  #last = 0;
  #end = (): void => undefined;
  #change: ((chunk: Buffer) => { bytes: Buffer; end: boolean }) | null = null;

  constructor(clock: VirtualClock, handler: Dispatcher.DispatchHandler, latency: () => number, closed: () => void) {
    this.#clock = clock;
    this.#handler = handler;
    this.#latency = latency;
    this.#closed = closed;
    this.#controller = {
      aborted: false,
      paused: false,
      reason: null,
      abort: (reason) => this.abort(reason),
      pause: () => undefined,
      resume: () => undefined,
    };
    handler.onRequestStart?.(this.#controller, {});
  }

  /** Does something once it has arrived at the other side. */
  later(what: () => void, delay = 0): void {
    this.#last = Math.max(this.#last, this.#clock.elapsed() + delay + this.#latency());
    this.#clock.after(this.#last - this.#clock.elapsed(), () => {
      if (this.#open && !this.#severed) what();
    });
  }

  respond(answer: SimulatedAnswer, faults: readonly Fault[], isLost: () => boolean): void {
    const [fault] = faults;
    if (fault?.kind === 'refuse') return this.later(() => this.break());
    if (fault?.kind === 'status') {
      const retry = fault.retryAfterSeconds;
      const message = fault.message ?? `scripted ${fault.code}`;
      const { text } = json(statusBody(fault.code, fault.reason ?? '', message)) as { text: string };
      return this.#whole(
        fault.code,
        text,
        'application/json',
        retry === undefined ? {} : { 'retry-after': `${retry}` },
      );
    }
    this.#change = streamChange(faults);
    const begun = (status: number, contentType: string): void =>
      this.later(() => {
        if (isLost()) return;
        this.#begun = true;
        this.#handler.onResponseStart?.(this.#controller, status, { 'content-type': contentType }, '');
      });
    if (fault?.kind === 'silence') return begun(200, 'application/json');
    if (fault?.kind === 'error-event') {
      begun(200, 'application/json');
      this.#send(
        `${JSON.stringify({ type: 'ERROR', object: statusBody(fault.code, fault.reason, 'scripted') })}\n`,
        isLost,
      );
      return this.#finish(isLost);
    }
    if (fault?.kind === 'json') answer = json(fault.body);
    if (answer.kind === 'whole') {
      begun(answer.status, answer.contentType);
      this.#send(answer.text, isLost);
      return this.#finish(isLost);
    }
    begun(200, 'application/json');
    this.#end = answer.begin({
      line: (event) => this.#send(`${JSON.stringify(event)}\n`, isLost),
      end: () => this.#finish(isLost),
    });
  }

  #whole(status: number, text: string, contentType: string, headers: Readonly<Record<string, string>>): void {
    this.later(() => {
      this.#handler.onResponseStart?.(this.#controller, status, { 'content-type': contentType, ...headers }, '');
      this.#handler.onResponseData?.(this.#controller, Buffer.from(text));
      this.#close();
      this.#handler.onResponseEnd?.(this.#controller, {});
    });
  }

  #send(text: string, isLost: () => boolean): void {
    this.later(() => {
      if (isLost()) return this.sever();
      const { bytes, end } = this.#change?.(Buffer.from(text)) ?? { bytes: Buffer.from(text), end: false };
      if (bytes.length > 0) this.#handler.onResponseData?.(this.#controller, bytes);
      if (end) this.break();
    });
  }

  #finish(isLost: () => boolean): void {
    this.later(() => {
      if (isLost()) return this.sever();
      this.#close();
      this.#handler.onResponseEnd?.(this.#controller, {});
    });
  }

  /** A segment was lost: TCP gives on nothing that comes after it. */
  sever(): void {
    this.#severed = true;
    this.#end();
  }

  /** The server ends the answer here; one that has not begun breaks. */
  finish(): void {
    if (!this.#open) return;
    if (!this.#begun) return this.break();
    this.#close();
    this.#handler.onResponseEnd?.(this.#controller, {});
  }

  refuse(): void {
    this.#fail(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  }

  break(): void {
    this.#fail(new errors.SocketError('other side closed'));
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  /** Ends without telling the client. */
  forget(): void {
    this.#close();
  }

  #fail(error: Error): void {
    if (!this.#open) return;
    this.#close();
    this.#handler.onResponseError?.(this.#controller, error);
  }

  #close(): void {
    this.#open = false;
    this.#end();
    this.#closed();
  }
}
