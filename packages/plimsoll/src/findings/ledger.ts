import { hash } from 'node:crypto';
import { type Finding, findingId } from '../model/finding.ts';
import { type ResourceKey, keyText } from '../model/resource.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Desk } from '../inventory/reader.ts';
import type { Store } from '../inventory/store.ts';
import { type Conclusion, policyText } from './conclusion.ts';

/** What is kept in memory of an open finding; the rest is read from the store when it ends. */
interface OpenFinding {
  readonly id: string;
  readonly resource: string;
  readonly policy: string;
  readonly openedAt: number;
  fingerprint: string;
}

/**
 * The only life cycle of findings: opened, changed, resolved, opened anew. A verdict that says what was said
 * before writes nothing, so nothing flaps; `openedAt` survives restarts.
 */
export class Ledger {
  readonly #store: Store;
  readonly #open = new Map<string, OpenFinding>();
  readonly #byResource = new Map<string, Set<string>>();
  readonly #byPolicy = new Map<string, Set<string>>();
  /** Findings of the transaction that is being put together: not in the store yet. */
  #unwritten = new Map<string, Finding>();
  #desk: Desk | null = null;

  /** The ledger of a store, empty until it is loaded. */
  constructor(store: Store) {
    this.#store = store;
  }

  /** The ledger of a store, loaded. */
  static async open(store: Store): Promise<Ledger> {
    const ledger = new Ledger(store);
    await ledger.load();
    return ledger;
  }

  /** Reads the open findings of the store, letting other work run in between. */
  async load(): Promise<void> {
    for await (const findings of this.#store.openFindings()) {
      for (const finding of findings) this.#remember(finding);
      await new Promise(setImmediate);
    }
  }

  /** How many findings are open. */
  get size(): number {
    return this.#open.size;
  }

  /** The policies ({@link policyText}) that have open findings. */
  get policies(): readonly string[] {
    return [...this.#byPolicy.keys()];
  }

  /** The resources ({@link keyText}) on which a policy ({@link policyText}) has open findings; one may come twice. */
  *resourcesOf(policy: string): Iterable<string> {
    for (const id of this.#byPolicy.get(policy) ?? []) {
      const found = this.#open.get(id);
      if (found !== undefined) yield found.resource;
    }
  }

  /** True where a resource has open findings. */
  has(resource: ResourceKey): boolean {
    return this.#byResource.has(keyText(resource));
  }

  /** The findings to write for these conclusions, in the transaction of `desk`. */
  async conclude(conclusions: readonly Conclusion[], desk: Desk): Promise<readonly Finding[]> {
    if (this.#desk !== desk) {
      // One transaction is written before the next is judged: what the last one held is in the store now.
      this.#desk = desk;
      this.#unwritten = new Map();
    }
    const written: Finding[] = [];
    for (const conclusion of conclusions) written.push(...(await this.#conclude(conclusion, desk)));
    return written;
  }

  async #conclude(conclusion: Conclusion, desk: Desk): Promise<Finding[]> {
    const before = this.#affected(conclusion);
    const written: Finding[] = [];
    const verdicts = conclusion.about === 'policy' ? [] : conclusion.verdicts;
    for (const verdict of verdicts) {
      if (verdict.outcome === 'pass' || verdict.outcome === 'skip') continue;
      const id = findingId(verdict);
      before.delete(id);
      const finding = this.#stands(id, verdict, desk);
      if (finding !== null) written.push(finding);
    }
    for (const id of before) {
      const finding = await this.#ends(id, conclusion.ended, desk);
      if (finding !== null) written.push(finding);
    }
    return written;
  }

  /** Ids of the open findings that a conclusion speaks about. */
  #affected(conclusion: Conclusion): Set<string> {
    if (conclusion.about === 'policy') return new Set(this.#byPolicy.get(conclusion.policy));
    const ids = new Set(this.#byResource.get(keyText(conclusion.resource)));
    if (conclusion.about === 'policies on resource')
      for (const id of ids) if (!conclusion.policies.has(this.#open.get(id)?.policy ?? '')) ids.delete(id);
    if (conclusion.waiting !== undefined)
      for (const id of ids) if (conclusion.waiting.has(this.#open.get(id)?.policy ?? '')) ids.delete(id);
    return ids;
  }

  #stands(id: string, verdict: Verdict, desk: Desk): Finding | null {
    const known = this.#open.get(id);
    const fingerprint = fingerprintOf(verdict);
    if (known?.fingerprint === fingerprint) return null;
    const finding: Finding = {
      ...verdict,
      id,
      state: 'open',
      seq: desk.nextSeq(),
      openedAt: known?.openedAt ?? desk.now,
      changedAt: desk.now,
      resolvedAt: null,
      resolution: null,
    };
    this.#remember(finding);
    this.#unwritten.set(id, finding);
    return finding;
  }

  async #ends(id: string, resolution: string, desk: Desk): Promise<Finding | null> {
    const last = this.#unwritten.get(id) ?? (await this.#store.findings({ id }, 1)).items[0];
    this.#forget(id);
    if (last === undefined) return null;
    const finding: Finding = {
      ...last,
      state: 'resolved',
      seq: desk.nextSeq(),
      changedAt: desk.now,
      resolvedAt: desk.now,
      resolution,
    };
    this.#unwritten.set(id, finding);
    return finding;
  }

  #remember(finding: Finding): void {
    const resource = keyText(finding.resource);
    const policy = policyText(finding.policy);
    this.#open.set(finding.id, {
      id: finding.id,
      resource,
      policy,
      openedAt: finding.openedAt,
      fingerprint: fingerprintOf(finding),
    });
    put(this.#byResource, resource, finding.id);
    put(this.#byPolicy, policy, finding.id);
  }

  #forget(id: string): void {
    const known = this.#open.get(id);
    if (known === undefined) return;
    this.#open.delete(id);
    take(this.#byResource, known.resource, id);
    take(this.#byPolicy, known.policy, id);
  }
}

function put(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function take(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}

/** What of a verdict makes a finding another one in substance. The file's line is no part: an edit above moves it. */
function fingerprintOf(verdict: Verdict): string {
  const { outcome, severity, reason, violations, waivedBy, resource } = verdict;
  const text = JSON.stringify([
    outcome,
    severity,
    reason,
    violations.map((v) => [v.index, v.message, v.paths]),
    waivedBy,
    resource.uid,
  ]);
  return hash('sha256', text, 'base64url').slice(0, 16);
}
