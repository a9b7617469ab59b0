import type { FindingItem, ResourceItem } from '../packages/plimsoll/src/server/schemas.ts';
import type { Write } from './simulated/calls.ts';
import type { Followed } from './stream-follower.ts';

/** All that is known when the last crash is over. */
export interface Aftermath {
  /** What the cluster wrote. */
  readonly writes: readonly Write[];
  /** What a client saw that resumed with Last-Event-ID after each crash. */
  readonly seen: readonly Followed[];
  /** The log as a client sees it that reads it once, at the end: what came after the position `from`. */
  readonly log: readonly Followed[];
  readonly from: number;
  readonly resources: readonly ResourceItem[];
  /** The open findings. */
  readonly findings: readonly FindingItem[];
}

/** What went wrong, a line for each. */
export interface Account {
  /** Acknowledged and gone: it is not in the log or the store any more. */
  readonly lost: readonly string[];
  /** It happened, and was never told. */
  readonly missed: readonly string[];
  /** It happened once, and was told more than once. */
  readonly double: readonly string[];
}

type Lines = { -readonly [Kind in keyof Account]: string[] };

/** Holds what was seen, stored and found to what was written: each write is one change, told once, and still there. */
export function accountFor(after: Aftermath): Account {
  const lines: Lines = { lost: [], missed: [], double: [] };
  stream(after, lines);
  changes(after, lines);
  store(after, lines);
  findings(after, lines);
  return lines;
}

/** The client that crashes cut off saw each event of the log once. */
function stream({ seen, log, from }: Aftermath, { lost, missed, double }: Lines): void {
  const there = new Map(log.map((event) => [event.seq, textOf(event)]));
  const told = new Set<number>();
  for (const event of seen) {
    if (told.has(event.seq)) double.push(`the stream told ${event.seq} twice`);
    told.add(event.seq);
    if (event.seq > from && there.get(event.seq) !== textOf(event))
      lost.push(`${event.seq} was told and is not in the log: ${textOf(event)}`);
  }
  for (const [seq, text] of there) if (!told.has(seq)) missed.push(`the stream left out ${seq}: ${text}`);
}

/** Each write of the cluster is one change. */
function changes({ writes, seen }: Aftermath, { missed, double }: Lines): void {
  const told = new Map<string, number>();
  for (const event of seen) {
    if (event.kind !== 'change') continue;
    const { operation, uid, resource } = event.item;
    const key = `${operation} ${uid} ${operation === 'deleted' ? '' : resource?.version}`;
    told.set(key, (told.get(key) ?? 0) + 1);
  }
  for (const { operation, uid, version, name } of writes) {
    const key = `${operation} ${uid} ${operation === 'deleted' ? '' : version}`;
    const times = told.get(key) ?? 0;
    if (times === 0) missed.push(`${name} was ${operation} (${version}), and no change says so`);
    if (times > 1) double.push(`${name} was ${operation} once (${version}), and ${times} changes say so`);
  }
}

function store({ writes, resources }: Aftermath, { lost, double }: Lines): void {
  const held = new Map<string, string>();
  for (const { name, uid, version } of resources) {
    if (held.has(name)) double.push(`${name} is stored twice`);
    held.set(name, `${uid} ${version}`);
  }
  for (const { name, operation, uid, version } of latest(writes).values()) {
    const found = held.get(name);
    const due = operation === 'deleted' ? undefined : `${uid} ${version}`;
    if (found !== due) lost.push(`the store holds ${name} as ${found}; it is ${due}`);
    held.delete(name);
  }
  for (const name of held.keys()) lost.push(`the store holds ${name}, which nobody wrote`);
}

/** A finding is open for each pod that breaks the guardrail; each opened once, and ended once, before the next. */
function findings({ writes, findings: open, seen }: Aftermath, { missed, double }: Lines): void {
  const found = new Map<string, number>();
  for (const { resource } of open) found.set(resource.name, (found.get(resource.name) ?? 0) + 1);
  for (const { name, breaks } of latest(writes).values()) {
    const times = found.get(name) ?? 0;
    if (breaks && times === 0) missed.push(`${name} breaks a guardrail, and no finding is open`);
    if (!breaks && times > 0) missed.push(`${name} breaks no guardrail any more, and its finding is open`);
    if (times > 1) double.push(`${name} has ${times} open findings`);
  }
  const state = new Map<string, string>();
  for (const event of seen) {
    if (event.kind !== 'finding') continue;
    const { id, state: now, resource } = event.item;
    if (state.get(id) === now) double.push(`the finding of ${resource.name} was ${now} twice in a row`);
    if (now === 'resolved' && state.get(id) === undefined) missed.push(`the finding of ${resource.name} never opened`);
    state.set(id, now);
  }
}

/** The last write of each name. */
function latest(writes: readonly Write[]): ReadonlyMap<string, Write> {
  return new Map(writes.map((write) => [write.name, write]));
}

/** An event by what makes it that one. */
function textOf(event: Followed): string {
  if (event.kind !== 'change') return JSON.stringify([event.kind, event.item]);
  const { operation, name, uid, resource } = event.item;
  return `${operation} ${name} ${uid} ${resource?.version ?? ''}`;
}
