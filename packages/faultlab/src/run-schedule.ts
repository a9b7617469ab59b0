import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedApiServer, SimulatedCluster, SimulatedNetwork, typeId, VirtualClock } from '@plimsoll/testcluster';
import { remove, type Written, types, write } from './objects.ts';
import { folderOf, PlimsollProcess } from './plimsoll-process.ts';
import { seeded } from './random.ts';
import type { Schedule, Step } from './script.ts';
import { differences, held, scanned } from './truth.ts';

import { Broken, Witness } from './witness.ts';

/** 2026-11-25T12:00:00Z. */
const START = 1_795_608_000_000;
/** Longer than every wait of the source: slow retries, rediscovery, silence twice over, Retry-After. */
const UNTIL_CALM = 1_500_000;
/** A stop that takes longer than this, with no fault left, is one. */
const PATIENCE = 120_000;

/** What a schedule came to. */
export interface Result {
  readonly events: number;
  readonly requests: number;
  readonly lives: number;
}

/**
 * Runs a schedule to its end, lets everything heal, and compares what is held with what is there.
 * @throws {Broken} where a promise did not hold
 */
export async function runSchedule(schedule: Schedule): Promise<Result> {
  const folder = mkdtempSync(join(quickFolder(), 'plimsoll-faultlab-'));
  const laboratory = new Laboratory(schedule, folder);
  try {
    return await laboratory.run();
  } finally {
    await laboratory.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In memory, where there is such a folder: the disk is simulated, and a real one's syncs would only take time. */
function quickFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

class Laboratory {
  readonly #schedule: Schedule;
  readonly #folder: string;
  readonly #clock = new VirtualClock(START);
  readonly #cluster: SimulatedCluster;
  readonly #network: SimulatedNetwork;
  readonly #random: () => number;
  readonly #witness: Witness;
  readonly #kubeconfig: string;
  readonly #failures: unknown[] = [];
  readonly #dead: PlimsollProcess[] = [];
  #process: PlimsollProcess;
  #lives = 0;
  #tokens = 0;

  constructor(schedule: Schedule, folder: string) {
    this.#schedule = schedule;
    this.#folder = folder;
    this.#random = seeded(schedule.seed);
    this.#cluster = new SimulatedCluster(this.#clock, schedule.minor);
    const server = new SimulatedApiServer(this.#cluster, { pageLimit: schedule.pageLimit });
    this.#network = new SimulatedNetwork(server, this.#clock, this.#random);
    this.#witness = new Witness(this.#cluster);
    this.#kubeconfig = join(folder, 'kubeconfig');
    this.#writeAccess('token');
    for (const what of beginning) write(this.#cluster, what);
    this.#process = this.#start(join(folder, 'life-0', 'plimsoll.db'));
  }

  async run(): Promise<Result> {
    for (const step of this.#schedule.steps) {
      await this.#do(step);
      await this.#clock.pass(this.#random() * 40);
      await this.#live();
      this.#check();
    }
    await this.#calm();
    await this.#compare();
    await this.#stop();
    this.#check();
    return { events: this.#witness.size, requests: this.#network.requests.length, lives: this.#lives };
  }

  async close(): Promise<void> {
    this.#process.doom('now', 0);
    await this.#process.bury();
    for (const one of [...this.#dead, this.#process]) one.forget();
  }

  #start(file: string): PlimsollProcess {
    this.#lives += 1;
    return new PlimsollProcess(
      file,
      { clock: this.#clock, network: this.#network, random: this.#random, kubeconfig: this.#kubeconfig },
      {
        opened: (store) => this.#witness.resume(store),
        published: (events) => this.#guard(() => this.#witness.take(events)),
        failed: (error) => this.#failures.push(error),
      },
    );
  }

  /** A listener's error is ours, not the log's. */
  #guard(what: () => void): void {
    try {
      what();
    } catch (error) {
      this.#failures.push(error);
    }
  }

  #check(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #do(step: Step): Promise<void> {
    const cluster = this.#cluster;
    const { disk } = this.#process;
    switch (step.do) {
      case 'write':
        return write(cluster, step.what);
      case 'remove':
        return remove(cluster, step.what);
      case 'wait':
        return await this.#clock.pass(step.ms);
      case 'fault':
        this.#network.rule(step);
        return;
      case 'outage':
        this.#network.outage = step.outage;
        this.#clock.after(step.ms, () => {
          this.#network.outage = null;
        });
        return;
      case 'end connections':
        return this.#end(step.how);
      case 'compact':
        return cluster.storage.compact();
      case 'replace':
        cluster.replace();
        this.#end(step.how);
        for (const what of beginning) write(cluster, what);
        return;
      case 'restore':
        return await this.#restore(step.writes, step.how);
      case 'forbid':
        cluster.forbidden.add(typeId(types[step.word]));
        return this.#end('broken');
      case 'allow':
        cluster.forbidden.delete(typeId(types[step.word]));
        return;
      case 'rotate token':
        this.#tokens += 1;
        cluster.tokens.clear();
        this.#writeAccess(`token-${this.#tokens}`);
        cluster.tokens.add(`token-${this.#tokens}`);
        return;
      case 'kill':
        return this.#process.doom(step.at, step.commits);
      case 'restart':
        await this.#stop();
        await this.#clock.pass(step.down);
        return this.#again();
      case 'full disk':
        disk.isFull = true;
        this.#clock.after(step.ms, () => {
          disk.isFull = false;
        });
        return;
      case 'failing sync':
        disk.failingSyncs = step.times;
        return;
      case 'jump':
        return this.#clock.jump(step.ms);
      case 'sleep':
        this.#network.loseAll();
        for (const what of step.writes) write(cluster, what);
        return this.#clock.jump(step.ms);
    }
  }

  #end(how: 'broken' | 'in order' | 'lost'): void {
    if (how === 'lost') this.#network.loseAll();
    else this.#network.endAll(how);
  }

  /**
   * A backup is restored. A history that went back is told by its version alone: it is given time to be noticed before
   * it has caught up.
   */
  async #restore(writes: readonly Written[], how: 'broken' | 'in order' | 'lost'): Promise<void> {
    const copy = this.#cluster.copy();
    for (const what of writes) write(this.#cluster, what);
    await this.#clock.pass(300);
    this.#cluster.restore(copy);
    this.#end(how);
    await this.#calm();
  }

  /** Buries who died, and starts the next one. */
  async #live(): Promise<void> {
    if (!this.#process.isDead) return;
    await this.#clock.pass(this.#random() * 2_000);
    await this.#again();
  }

  async #again(): Promise<void> {
    const file = this.#process.remains(folderOf(this.#folder, this.#lives));
    await this.#process.bury();
    this.#dead.push(this.#process);
    this.#process = this.#start(file);
  }

  async #stop(): Promise<void> {
    let stopped = false;
    const stopping = this.#process;
    void stopping.stop().then(() => {
      stopped = true;
    });
    const ended = await this.#clock.until(() => stopped || stopping.isDead, PATIENCE);
    if (!ended) throw new Broken(`it does not stop within ${PATIENCE / 1000} s`);
  }

  /** All faults end, and everything has time to come to rest. */
  async #calm(): Promise<void> {
    this.#network.heal();
    this.#process.disk.isFull = false;
    for (let rests = 0; rests < 3; rests += 1) {
      await this.#clock.pass(UNTIL_CALM / 3);
      await this.#live();
      this.#check();
    }
    await this.#clock.pass(UNTIL_CALM / 3);
    this.#check();
  }

  async #compare(): Promise<void> {
    const { store } = this.#process;
    if (store === null) throw new Broken('it does not run');
    let truth: Awaited<ReturnType<typeof scanned>> | null = null;
    void scanned(this.#network, this.#clock, this.#kubeconfig, store).then(
      (picture) => {
        truth = picture;
      },
      (error: unknown) => this.#failures.push(error),
    );
    await this.#clock.until(() => truth !== null || this.#failures.length > 0, PATIENCE);
    this.#check();
    if (truth === null) throw new Broken('the scan does not end');
    const lines = differences(await held(store), truth);
    if (lines.length > 0) throw new Broken(`what is held is not what is there:\n${lines.join('\n')}`);
    await this.#witness.holds(store);
  }

  /** A kubeconfig whose token is in a file, as a pod's is. */
  #writeAccess(token: string): void {
    const tokenFile = join(this.#folder, 'access-token');
    writeFileSync(tokenFile, token);
    const config = {
      clusters: [{ name: 'c', cluster: { server: 'https://simulated.example.com' } }],
      users: [{ name: 'u', user: { tokenFile } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(this.#kubeconfig, JSON.stringify(config));
  }
}

/** What is there at first: enough for each guardrail to have something to say. */
const beginning: readonly Written[] = (
  [
    ['namespace', 'a', 0],
    ['definition', 'a', 0],
    ['definition', 'b', 0],
    ['map', 'a', 2],
    ['pod', 'a', 1],
    ['pod', 'b', 3],
    ['policy', 'a', 0],
    ['binding', 'a', 0],
    ['deployment', 'a', 2],
    ['replicaset', 'a', 2],
  ] as const
).flatMap(([word, name, variant]) =>
  (['shop', 'farm'] as const).map((namespace): Written => ({ word, namespace, name, variant })),
);
