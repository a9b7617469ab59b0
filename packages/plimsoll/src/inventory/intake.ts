import type { Change } from '../model/change.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Observation } from '../model/observation.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import { ResourceIndex, hashOf, isMoved, isMovedAlone } from './resource-index.ts';
import type { Store } from './store.ts';
import type { Transaction } from './transaction.ts';

type Of<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>;

/**
 * Turns observations into changes: what the inventory knows in memory, and the rules of deletion.
 * Nothing is deleted but by a delete event, a complete list, a type proven gone, or another identity.
 */
export class Intake {
  readonly #index = new ResourceIndex();
  readonly #coverage = new Map<string, Coverage>();
  readonly #identities = new Map<string, string>();
  /** Lists under way: what was confirmed before this epoch is gone when they end. */
  readonly #lists = new Map<string, number>();
  readonly #nextSeq: () => number;
  #epoch = 0;

  private constructor(nextSeq: () => number) {
    this.#nextSeq = nextSeq;
  }

  /** Reads from the store what has to be known in memory. */
  static async load(store: Store, nextSeq: () => number): Promise<Intake> {
    const intake = new Intake(nextSeq);
    for await (const stamps of store.stamps()) {
      intake.#index.load(stamps);
      // Who asks meanwhile is answered between two pages.
      await new Promise(setImmediate);
    }
    for (const coverage of await store.coverage()) intake.#coverage.set(slot(coverage), coverage);
    for (const source of await store.sources()) {
      const { identity } = await store.sourceState(source);
      if (identity !== null) intake.#identities.set(source, identity);
    }
    return intake;
  }

  /** How many resources are known. */
  get size(): number {
    return this.#index.size;
  }

  /** Takes one observation into a transaction. */
  take(observation: Observation, into: Transaction, now: number): void {
    switch (observation.kind) {
      case 'upsert':
        return this.#upsert(observation, into);
      case 'delete':
        return this.#delete(observation, into);
      case 'list-start':
        this.#epoch += 1;
        this.#lists.set(slot(observation), this.#epoch);
        return;
      case 'list-complete':
        return this.#listComplete(observation, into);
      case 'type-gone':
        return this.#typeGone(observation, into);
      case 'coverage':
        return this.#cover(observation.coverage, into, now);
      case 'coverage-end':
        if (this.#coverage.delete(slot(observation)))
          into.write.coverageEnds.push({ ...observation, seq: this.#nextSeq() });
        return;
      case 'cursor':
        into.write.cursors.push(observation);
        return;
      case 'identity':
        return this.#identify(observation, into);
      case 'fact':
        into.write.facts.push(observation);
        return;
      case 'problems':
        into.write.problems.push(observation);
    }
  }

  #change(
    operation: Change['operation'],
    key: ResourceKey,
    uid: string | null,
    resource: Resource | null,
    at: number,
    into: Transaction,
    hash: string | null,
  ): void {
    const { source, type, scope, name } = key;
    into.unmove(key);
    into.write.changes.push({
      seq: this.#nextSeq(),
      at,
      operation,
      key: { source, type, scope, name },
      uid,
      resource,
      hash,
    });
  }

  #upsert({ resource, observedAt }: Of<'upsert'>, into: Transaction): void {
    const known = this.#index.get(resource);
    const hash = hashOf(resource);
    if (known === undefined) {
      this.#index.set(resource, { uid: resource.uid, hash, epoch: this.#epoch });
      this.#change('created', resource, resource.uid, resource, observedAt, into, hash);
      return;
    }
    known.epoch = this.#epoch;
    if (known.hash === hash && known.uid === resource.uid) return;
    const { source, type, scope, name, place } = resource;
    const move = { key: { source, type, scope, name }, place, hash };
    if (known.uid === resource.uid && isMovedAlone(known.hash, hash)) {
      known.hash = hash;
      into.move(move);
      return;
    }
    const moved = isMoved(known.hash, hash) || into.moves(resource);
    const recreated = known.uid !== null && resource.uid !== null && known.uid !== resource.uid;
    // The same name with another uid is a delete and a create.
    if (recreated) this.#change('deleted', resource, known.uid, null, observedAt, into, null);
    this.#change(recreated ? 'created' : 'updated', resource, resource.uid, resource, observedAt, into, hash);
    // A finding that stands after a change is not written again: its place would stay behind.
    if (moved) into.move(move);
    known.hash = hash;
    known.uid = resource.uid;
  }

  #delete({ key, uid, observedAt }: Of<'delete'>, into: Transaction): void {
    const known = this.#index.get(key);
    // A late deletion of an object that was recreated since deletes nothing.
    if (known === undefined || (uid !== null && known.uid !== null && uid !== known.uid)) return;
    this.#remove(key, known.uid, observedAt, into);
  }

  #remove(key: ResourceKey, uid: string | null, at: number, into: Transaction): void {
    this.#index.delete(key);
    this.#change('deleted', key, uid, null, at, into, null);
  }

  #listComplete(observation: Of<'list-complete'>, into: Transaction): void {
    const began = this.#lists.get(slot(observation));
    if (began === undefined) return;
    this.#lists.delete(slot(observation));
    const { source, type, observedAt } = observation;
    for (const { scope, name, entry } of this.#index.entriesOf(source, type, observation.scope))
      if (entry.epoch < began) this.#remove({ source, type, scope, name }, entry.uid, observedAt, into);
  }

  #typeGone({ source, type, observedAt }: Of<'type-gone'>, into: Transaction): void {
    for (const { scope, name, entry } of this.#index.entriesOf(source, type, null))
      this.#remove({ source, type, scope, name }, entry.uid, observedAt, into);
    for (const coverage of this.#coverage.values()) {
      if (coverage.source !== source || coverage.type !== type) continue;
      this.#coverage.delete(slot(coverage));
      into.write.coverageEnds.push({ seq: this.#nextSeq(), source, type, scope: coverage.scope });
      into.write.cursors.push({ source, type, scope: coverage.scope, cursor: null });
    }
  }

  #identify({ source, identity, isAnother, observedAt }: Of<'identity'>, into: Transaction): void {
    const before = this.#identities.get(source);
    if (before === identity) return;
    this.#identities.set(source, identity);
    into.write.identities.push({ source, identity });
    if (before === undefined || !isAnother) return;
    const said = [...this.#coverage.values()].flatMap((row) => (row.source === source ? [row.type] : []));
    // The source as a whole is said of by whoever answers.
    for (const type of new Set([...this.#index.typesOf(source), ...said]))
      if (type !== '*') this.#typeGone({ kind: 'type-gone', source, type, observedAt }, into);
  }

  #cover(coverage: Coverage, into: Transaction, now: number): void {
    const before = this.#coverage.get(slot(coverage));
    const same = before !== undefined && before.state === coverage.state && before.reason === coverage.reason;
    if (same && before.lastComplete === coverage.lastComplete) return;
    const kept: Coverage = {
      ...coverage,
      since: before?.state === coverage.state ? before.since : coverage.since || now,
      lastComplete: coverage.lastComplete ?? before?.lastComplete ?? null,
    };
    this.#coverage.set(slot(coverage), kept);
    // Said again in the transaction that ended it: ends are written last.
    const ended = into.write.coverageEnds.findIndex((end) => slot(end) === slot(coverage));
    if (ended >= 0) into.write.coverageEnds.splice(ended, 1);
    into.write.coverage.push({ seq: same ? null : this.#nextSeq(), coverage: kept });
  }
}

function slot(of: { readonly source: string; readonly type: string; readonly scope: string | null }): string {
  return `${of.source}\0${of.type}\0${of.scope ?? ''}`;
}
