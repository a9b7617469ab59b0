import { builtInTypes, type SimulatedCluster, type SimulatedType } from '../../packages/testcluster/src/index.ts';
import type { Load, Write } from './calls.ts';
import { podFields, smallPod } from './objects.ts';

const TICK_MS = 2;
/** Pods of a load that come and go are so many at most. */
const MOST = 2_000;

/** The type of pods. */
export const pods = builtInTypes.find(({ resource }) => resource === 'pods') as SimulatedType;

/** Writes into a cluster at a steady rate, and remembers what it wrote. */
export class SteadyLoad {
  readonly #cluster: SimulatedCluster;
  readonly #load: Load;
  /** How many pods of `podFields` there are, for updates of them. */
  readonly #filled: number;
  readonly #writes: Write[] = [];
  readonly #there: string[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #began = performance.now();
  #count = 0;
  #state = 1;

  constructor(cluster: SimulatedCluster, load: Load, filled: number) {
    this.#cluster = cluster;
    this.#load = load;
    this.#filled = filled;
    this.#timer = setInterval(() => this.#catchUp(), TICK_MS);
  }

  /** Ends it; gives all that was written. */
  end(): readonly Write[] {
    clearInterval(this.#timer);
    return this.#writes;
  }

  #catchUp(): void {
    const due = ((performance.now() - this.#began) / 1000) * this.#load.rate;
    for (; this.#count < due; this.#count += 1)
      if (this.#load.what === 'updates') this.#update();
      else this.#comeAndGo();
  }

  #update(): void {
    const index = 1 + (this.#random() % this.#filled);
    const { metadata = {}, spec, status } = podFields(index) as Record<string, object>;
    const { name, namespace } = metadata as { readonly name: string; readonly namespace: string };
    const labels = { 'pod-template-hash': `${this.#count}` };
    const breaks = false;
    this.#write('updated', { namespace, name }, { metadata: { ...metadata, labels }, spec, status }, breaks);
  }

  /** Of ten writes four create, four change, two delete; once there are {@link MOST}, more delete. */
  #comeAndGo(): void {
    const namespace = 'bench';
    const dice = this.#random() % 10;
    const some = this.#random() % Math.max(1, this.#there.length);
    const breaks = this.#random() % 2 === 0;
    if (this.#there.length < 10 || (dice < 4 && this.#there.length < MOST)) {
      const name = `pod-${this.#count}`;
      this.#there.push(name);
      this.#write('created', { namespace, name }, smallPod(breaks, 0), breaks);
    } else if (dice < 8) {
      const name = this.#there[some] ?? '';
      this.#write('updated', { namespace, name }, smallPod(breaks, this.#count), breaks);
    } else {
      const [name = ''] = this.#there.splice(some, 1);
      const uid = String(this.#cluster.get(pods, { namespace, name })?.['metadata'].uid);
      const at = now();
      this.#cluster.remove(pods, { namespace, name });
      const version = this.#cluster.storage.revision;
      this.#writes.push({ operation: 'deleted', name, uid, version, breaks: false, at });
    }
  }

  #write(
    operation: 'created' | 'updated',
    place: { readonly namespace: string; readonly name: string },
    fields: object,
    breaks: boolean,
  ): void {
    const at = now();
    const uid = String(this.#cluster.apply(pods, place, { ...fields })?.['metadata'].uid);
    const version = this.#cluster.storage.revision;
    this.#writes.push({ operation, name: place.name, uid, version, breaks, at });
  }

  /** The same numbers in every run (Lehmer, modulus 2³¹ − 1). */
  #random(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state;
  }
}

/** Milliseconds of the clock that all processes of this machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
