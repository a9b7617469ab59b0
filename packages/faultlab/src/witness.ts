import type { SimulatedCluster } from '@plimsoll/testcluster';
import type { LogEvent, Store } from '../../plimsoll/src/inventory/store.ts';
import type { Change } from '../../plimsoll/src/model/change.ts';
import type { Finding } from '../../plimsoll/src/model/finding.ts';
import { keyText } from '../../plimsoll/src/model/resource.ts';

const PAGE = 1_000;

/** What a schedule must never see: something that was promised and did not hold. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/**
 * Follows the log as a client of the stream does, over all lives of a process, and holds it to its promises: positions
 * rise, what was published is never lost, nothing ends without proof, findings live one life.
 */
export class Witness {
  readonly #cluster: SimulatedCluster;
  readonly #seen = new Map<number, string>();
  /** Resource → its uid, as the changes add up. */
  readonly #resources = new Map<string, string>();
  /** uid → the highest version that was said of it. */
  readonly #versions = new Map<string, number>();
  /** uids that were said to have ended. */
  readonly #ended = new Set<string>();
  /** Resource → the position of its last deletion. */
  readonly #deleted = new Map<string, number>();
  readonly #findings = new Map<string, Finding>();
  #last = 0;
  #endings = 0;
  #excused = false;

  constructor(cluster: SimulatedCluster) {
    this.#cluster = cluster;
  }

  /** How many events there were. */
  get size(): number {
    return this.#seen.size;
  }

  /** A process opened its store: all that was published is there, and what comes after it is news. */
  async resume(store: Store): Promise<void> {
    let since = 0;
    const unseen: LogEvent[] = [];
    const there = new Set<number>();
    for (let page = await store.events(0, PAGE); page.length > 0; page = await store.events(since, PAGE)) {
      for (const event of page) {
        there.add(event.seq);
        const before = this.#seen.get(event.seq);
        if (before === undefined) unseen.push(event);
        else if (before !== textOf(event)) throw new Broken(`position ${event.seq} holds something else after a crash`);
      }
      since = page.at(-1)?.seq ?? since;
    }
    for (const seq of this.#seen.keys())
      if (!there.has(seq)) throw new Broken(`position ${seq} was published and is lost: ${this.#seen.get(seq)}`);
    if (store.headSeq < this.#last) throw new Broken(`the log went back from ${this.#last} to ${store.headSeq}`);
    this.take(unseen);
  }

  take(events: readonly LogEvent[]): void {
    this.#excused = false;
    for (const event of events) {
      if (event.seq <= this.#last) throw new Broken(`position ${event.seq} comes after ${this.#last}`);
      this.#last = event.seq;
      this.#seen.set(event.seq, textOf(event));
      if (event.kind === 'change') this.#change(event.change);
      if (event.kind === 'finding') this.#finding(event.finding);
    }
  }

  #change({ seq, operation, key, uid, resource }: Change): void {
    const text = keyText(key);
    const known = this.#resources.get(text);
    const where = `${key.type} ${key.scope ?? ''}/${key.name}`;
    if (operation === 'deleted') {
      if (known === undefined) throw new Broken(`${where} ended without having been there`);
      if (!this.#cluster.hasEnded(known)) this.#without(`${where} (${known}) was deleted without proof: it is there`);
      this.#resources.delete(text);
      this.#deleted.set(text, seq);
      this.#ended.add(known);
      return;
    }
    if ((operation === 'created') !== (known === undefined))
      throw new Broken(`${where} was ${operation}, and before ${known}`);
    if (operation === 'updated' && known !== uid) throw new Broken(`${where} was updated from ${known} to ${uid}`);
    this.#resources.set(text, uid ?? '');
    this.#forward(where, uid ?? '', Number(resource?.version ?? 0));
  }

  /** In a history that never went back nothing becomes older, and nothing that ended is there again. */
  #forward(where: string, uid: string, version: number): void {
    const before = this.#versions.get(uid) ?? 0;
    this.#versions.set(uid, version);
    if (this.#cluster.wasRewound) return;
    if (this.#ended.has(uid)) throw new Broken(`${where} (${uid}) had ended, and is there again`);
    if (version < before) throw new Broken(`${where} went back from version ${before} to ${version}`);
  }

  /**
   * What was read of another cluster before it was known for another one ends with what was held of the old one. This
   * happens once for each that took the place.
   */
  #without(what: string): void {
    if (!this.#excused && this.#endings >= this.#cluster.replacements) throw new Broken(what);
    if (!this.#excused) this.#endings += 1;
    this.#excused = true;
  }

  #finding(finding: Finding): void {
    const before = this.#findings.get(finding.id);
    const what = `finding ${finding.id} (${finding.policy.name} on ${finding.resource.name})`;
    const wasOpen = before?.state === 'open';
    if (finding.state === 'resolved' && !wasOpen) throw new Broken(`${what} was resolved without being open`);
    if (wasOpen && finding.openedAt !== before.openedAt)
      throw new Broken(`${what} forgot when it opened: ${before.openedAt}, now ${finding.openedAt}`);
    const deleted = this.#deleted.get(keyText(finding.resource)) ?? 0;
    if (finding.resolution === 'resource deleted' && deleted < (before?.seq ?? 0))
      throw new Broken(`${what} ended with its resource, which was not deleted`);
    this.#findings.set(finding.id, finding);
  }

  /** The store holds what the events add up to. */
  async holds(store: Store): Promise<void> {
    const resources = new Map<string, string>();
    for await (const page of store.scan({}))
      for (const resource of page) resources.set(keyText(resource), resource.uid ?? '');
    same('resources', resources, this.#resources);
    const open = new Map<string, string>();
    for await (const page of store.openFindings())
      for (const finding of page) open.set(finding.id, String(finding.openedAt));
    const said = [...this.#findings.values()].filter(({ state }) => state === 'open');
    same('open findings', open, new Map(said.map(({ id, openedAt }) => [id, String(openedAt)])));
  }
}

function same(what: string, held: ReadonlyMap<string, string>, said: ReadonlyMap<string, string>): void {
  for (const [key, value] of held)
    if (said.get(key) !== value)
      throw new Broken(`${what}: the store holds ${key} ${value}, the log said ${said.get(key)}`);
  for (const key of said.keys())
    if (!held.has(key)) throw new Broken(`${what}: the log said ${key}, the store lacks it`);
}

/** An event by what makes it that one; a superseded state of a resource may be compacted later. */
function textOf(event: LogEvent): string {
  if (event.kind === 'change') {
    const { operation, key, uid, at } = event.change;
    return JSON.stringify(['change', operation, key.source, key.type, key.scope, key.name, uid, at]);
  }
  return JSON.stringify(event.kind === 'finding' ? event.finding : event.coverage);
}
