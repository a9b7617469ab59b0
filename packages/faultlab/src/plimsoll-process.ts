import { join } from 'node:path';
import type { SimulatedClient, SimulatedNetwork, VirtualClock } from '@plimsoll/testcluster';
import { LiveGuardrails } from '../../plimsoll/src/guardrails/live/live-guardrails.ts';
import { ChangeLog } from '../../plimsoll/src/inventory/change-log.ts';
import { openSqliteStore } from '../../plimsoll/src/inventory/sqlite/sqlite-store.ts';
import type { LogEvent, Store } from '../../plimsoll/src/inventory/store.ts';
import { tendStore } from '../../plimsoll/src/inventory/upkeep.ts';
import { FileKinds } from '../../plimsoll/src/model/kinds.ts';
import { KubernetesSource } from '../../plimsoll/src/sources/kubernetes/kubernetes-source.ts';
import { SimulatedDisk } from './disk.ts';
import { guardrailParts } from './guardrails.ts';
import { Mortal } from './mortal.ts';
import { MortalStore } from './mortal-store.ts';

/** The name of the one source. */
export const source = 'prod';

/** What a process runs in. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly network: SimulatedNetwork;
  readonly random: () => number;
  readonly kubeconfig: string;
}

/** What is told of a process. */
export interface Observer {
  /** What the store holds as it is opened, before anything runs. */
  readonly opened: (store: Store) => Promise<void>;
  readonly published: (events: readonly LogEvent[]) => void;
  /** What must never happen: an error that no fault explains. */
  readonly failed: (error: unknown) => void;
}

/**
 * One Plimsoll as `up` composes it: the Kubernetes source, the change log over an SQLite file, the live guardrails. It
 * can be stopped, and it can be killed at any moment.
 */
export class PlimsollProcess {
  readonly disk: SimulatedDisk;
  readonly #life: Mortal;
  readonly #client: SimulatedClient;
  readonly #surroundings: Surroundings;
  readonly #observer: Observer;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #store: Store | null = null;
  #live: LiveGuardrails | null = null;
  #log: ChangeLog | null = null;

  /** Starts one on the store of `file`. */
  constructor(file: string, surroundings: Surroundings, observer: Observer) {
    this.#surroundings = surroundings;
    this.#observer = observer;
    this.#life = new Mortal(surroundings.clock, () => this.#died());
    this.disk = new SimulatedDisk(file, this.#life, surroundings.random);
    this.#client = surroundings.network.client();
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#life.isDead) observer.failed(error);
    });
  }

  get isDead(): boolean {
    return this.#life.isDead;
  }

  /** The store, open; null while it is not. */
  get store(): Store | null {
    return this.#store;
  }

  get guardrails(): LiveGuardrails | null {
    return this.#live;
  }

  /** Whether the log could be written last time. */
  get isWriting(): boolean {
    return this.#log?.health.ok ?? false;
  }

  /** Dies at a point to come. */
  doom: Mortal['doom'] = (at, commits) => this.#life.doom(at, commits);

  /** Stops in order; resolves when it has ended. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  /** The file that a crash, or the end, leaves for the next one, in a folder of its own. */
  remains(folder: string): string {
    return this.disk.crash(folder);
  }

  async #run(): Promise<void> {
    const { clock, random, kubeconfig } = { ...this.#surroundings, clock: this.#life };
    const opened = openSqliteStore(this.disk.file, { disk: this.disk, clock });
    this.#store = opened;
    await this.#observer.opened(opened);
    const store = new MortalStore(opened, this.#life, this.disk);
    const kinds = new FileKinds();
    const live = await LiveGuardrails.open(store, {
      parts: guardrailParts,
      waivers: [],
      kinds: (apiVersion, kind) => kinds.of(apiVersion, kind),
      clock,
    });
    this.#live = live;
    const log = await ChangeLog.open(store, [live], clock);
    this.#log = log;
    log.subscribe((events) => this.#observer.published(events));
    const tending = tendStore(store, () => log.isBusy, this.#ending.signal, clock);
    await live.start(log);
    const kubernetes = new KubernetesSource({
      name: source,
      kubeconfig,
      surroundings: { clock, random, connect: () => this.#client },
    });
    live.onNeeds([source], (_, needs) => kubernetes.need(needs));
    await kubernetes.run(log, this.#ending.signal);
    await live.stop();
    await log.close();
    await tending;
    this.#store = null;
    await store.close();
  }

  #died(): void {
    this.#client.kill();
  }

  /** Lets go of the dead one's files. */
  async bury(): Promise<void> {
    await this.#store?.close();
    this.#store = null;
  }

  /** Lets what the dead one still waited for be forgotten: Node.js keeps a signal that somebody listens to. */
  forget(): void {
    this.#ending.abort();
  }
}

/** Where the store of the n-th process is. */
export function folderOf(folder: string, life: number): string {
  return join(folder, `life-${life}`);
}
