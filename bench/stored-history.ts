import type { ChangeWrite, Store } from '../packages/plimsoll/src/inventory/store.ts';
import { Transaction } from '../packages/plimsoll/src/inventory/transaction.ts';
import { jsonText } from '../packages/plimsoll/src/model/json-text.ts';
import type { JsonObject } from '../packages/plimsoll/src/model/json.ts';
import type { Resource } from '../packages/plimsoll/src/model/resource.ts';
import { realisticPod } from './pods.ts';

/** When the first pod was seen; from then on there are so many changes a millisecond. */
const BEGIN = Date.parse('2026-11-01T00:00:00Z');
const CHANGES_PER_MS = 5;

/** Pods that change, and the store that is told. Version `n` of a pod differs from the one before in one to three fields. */
export class StoredHistory {
  readonly store: Store;
  readonly #pods: number;
  #seq: number;

  constructor(store: Store, pods: number) {
    this.store = store;
    this.#pods = pods;
    this.#seq = store.headSeq;
  }

  /** When the last change was. */
  get now(): number {
    return BEGIN + Math.floor(this.#seq / CHANGES_PER_MS);
  }

  /** Gives pods their next version, `count` of them from `from` on, round and round; in one transaction. */
  async commit(from: number, count: number): Promise<void> {
    const at = this.now;
    const transaction = new Transaction(at);
    for (let i = from; i < from + count; i += 1) transaction.write.changes.push(this.#change(i, at));
    await this.store.commit(transaction.write);
  }

  #change(nth: number, at: number): ChangeWrite {
    this.#seq += 1;
    const resource = podOf(nth % this.#pods, Math.floor(nth / this.#pods));
    const { source, type, scope, name, uid, version } = resource;
    return {
      seq: this.#seq,
      at,
      operation: nth < this.#pods ? 'created' : 'updated',
      key: { source, type, scope, name },
      uid,
      resource,
      hash: version,
    };
  }
}

/** A pod's n-th version: the resourceVersion, every second time a condition's time, every third a restart. */
export function podOf(index: number, version: number): Resource {
  const body = structuredClone(realisticPod(index)) as PodBody & JsonObject;
  body.metadata.resourceVersion = String(1_000_000 + version * 100_003 + index);
  const [, ready] = body.status.conditions;
  if (ready !== undefined)
    ready.lastTransitionTime = new Date(BEGIN + Math.floor(version / 2) * 61_000).toISOString().replace('.000', '');
  const [app] = body.status.containerStatuses;
  if (app !== undefined) app.restartCount = Math.floor(version / 3);
  return {
    source: 'bench',
    type: 'core/pods',
    scope: body.metadata.namespace,
    name: body.metadata.name,
    apiVersion: 'v1',
    kind: 'Pod',
    uid: body.metadata.uid,
    version: body.metadata.resourceVersion,
    body,
    unseen: [],
    place: null,
  };
}

interface PodBody {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    resourceVersion: string;
  };
  readonly status: {
    readonly conditions: { lastTransitionTime: string }[];
    readonly containerStatuses: { restartCount: number }[];
  };
}

/** Bytes of the JSON of all current bodies. */
export async function currentBytes(store: Store): Promise<number> {
  let bytes = 0;
  for await (const page of store.scan({})) for (const { body } of page) bytes += Buffer.byteLength(jsonText(body));
  return bytes;
}
