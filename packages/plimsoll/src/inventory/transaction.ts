import type { Change } from '../model/change.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Finding } from '../model/finding.ts';
import { keyText, type ResourceKey } from '../model/resource.ts';
import type { LogEvent, MoveWrite, StoreWrite } from './store.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** One transaction while it is put together, and the events that are published once it is durable. */
export class Transaction {
  readonly write: Writable<StoreWrite>;

  readonly #moved = new Set<string>();

  /** @param at when it is put together, milliseconds since 1970 */
  constructor(at: number) {
    this.write = {
      at,
      changes: [],
      moves: [],
      findings: [],
      coverage: [],
      coverageEnds: [],
      cursors: [],
      identities: [],
      facts: [],
      problems: [],
      settings: [],
      readers: [],
    };
  }

  /** True where there is nothing to write. */
  get isEmpty(): boolean {
    return Object.values(this.write).every((rows) => typeof rows === 'number' || rows.length === 0);
  }

  get changes(): readonly Change[] {
    return this.write.changes;
  }

  /** Coverage rows whose state or reason changed. */
  get coverage(): readonly Coverage[] {
    return this.write.coverage.flatMap(({ seq, coverage }) => (seq === null ? [] : [coverage]));
  }

  /** Notes that a resource stands in another place. */
  move(move: MoveWrite): void {
    this.unmove(move.key);
    this.#moved.add(keyText(move.key));
    this.write.moves.push(move);
  }

  /** True where a resource is noted to stand in another place. */
  moves(key: ResourceKey): boolean {
    return this.#moved.size > 0 && this.#moved.has(keyText(key));
  }

  /** Forgets a move of a resource: what is written of it now has its own place. */
  unmove(key: ResourceKey): void {
    const text = keyText(key);
    if (this.#moved.delete(text)) this.write.moves = this.write.moves.filter((move) => keyText(move.key) !== text);
  }

  addFindings(findings: readonly Finding[]): void {
    this.write.findings.push(...findings);
  }

  /** Everything that happened, in order of seq. */
  events(): LogEvent[] {
    const events: LogEvent[] = [
      ...this.write.changes.map((change) => ({ seq: change.seq, kind: 'change', change }) as const),
      ...this.write.findings.map((finding) => ({ seq: finding.seq, kind: 'finding', finding }) as const),
    ];
    for (const { seq, coverage } of this.write.coverage)
      if (seq !== null) events.push({ seq, kind: 'coverage', coverage });
    return events.toSorted((a, b) => a.seq - b.seq);
  }
}
