import { z } from 'zod';
import type { ResourceKey } from '../model/resource.ts';
import type { PolicyReference, WaivedBy } from '../model/verdict.ts';

const globs = z.array(z.string().min(1)).min(1);

/** `kind: Waiver` (plimsoll.dev/v1), read strictly. */
export const waiverDocument = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Waiver'),
  metadata: z.object({ name: z.string().min(1) }),
  spec: z.strictObject({
    guardrails: globs.describe('names of guardrails; * stands for any characters'),
    sources: globs.optional(),
    types: globs.optional(),
    namespaces: globs.optional(),
    names: globs.optional(),
    selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }).optional(),
    reason: z.string().min(1).describe('why this is accepted'),
    owner: z.string().optional(),
    approver: z.string().optional(),
    ticket: z.string().optional(),
    expires: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })])
      .optional()
      .describe('the first day, or the moment, at which it no longer holds'),
  }),
});

/** Who accepts which findings, why, until when. */
export interface Waiver {
  readonly name: string;
  readonly guardrails: readonly string[];
  readonly sources: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly namespaces: readonly string[] | null;
  readonly names: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly owner: string | null;
  readonly approver: string | null;
  readonly ticket: string | null;
  /** Milliseconds since 1970; null: no end in time. */
  readonly expires: number | null;
  /** Where it was written, for people. */
  readonly file: string | null;
}

/** A waiver from its document as {@link waiverDocument} reads it. */
export function waiverFrom(document: z.output<typeof waiverDocument>, file: string | null): Waiver {
  const { spec } = document;
  return {
    name: document.metadata.name,
    guardrails: spec.guardrails,
    sources: spec.sources ?? null,
    types: spec.types ?? null,
    namespaces: spec.namespaces ?? null,
    names: spec.names ?? null,
    labels: spec.selector?.matchLabels ?? {},
    reason: spec.reason,
    owner: spec.owner ?? null,
    approver: spec.approver ?? null,
    ticket: spec.ticket ?? null,
    expires: spec.expires === undefined ? null : Date.parse(spec.expires),
    file,
  };
}

/** What a waiver is held against. */
export interface WaiverQuestion {
  readonly policy: PolicyReference;
  readonly resource: ResourceKey;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** Reasons why a waiver does not cover a finding, in the order in which they are asked; each a reason or nothing. */
const objections: readonly ((waiver: Waiver, question: WaiverQuestion, now: number) => string | null)[] = [
  (waiver, { policy }) =>
    matchesAny(waiver.guardrails, policy.name) ? null : `it is for other guardrails: ${waiver.guardrails.join(', ')}`,
  (waiver, { resource }) => listed('sources', waiver.sources, resource.source),
  (waiver, { resource }) => listed('types', waiver.types, resource.type),
  (waiver, { resource }) => listed('namespaces', waiver.namespaces, namespaceOf(resource)),
  (waiver, { resource }) => listed('names', waiver.names, resource.name),
  (waiver, { labels }) => {
    const missing = Object.entries(waiver.labels).find(
      ([key, value]) => !Object.hasOwn(labels, key) || labels[key] !== value,
    );
    return missing === undefined ? null : `it is for objects labelled ${missing[0]}=${missing[1]}`;
  },
  (waiver, _, now) =>
    waiver.expires !== null && waiver.expires <= now ? `it expired at ${new Date(waiver.expires).toISOString()}` : null,
];

/** The first reason why a waiver does not cover a finding; null where it does. */
export function objection(waiver: Waiver, question: WaiverQuestion, now: number): string | null {
  for (const object of objections) {
    const reason = object(waiver, question, now);
    if (reason !== null) return reason;
  }
  return null;
}

/** The first waiver that covers a finding. The one function for every moment. */
export function waive(waivers: readonly Waiver[], question: WaiverQuestion, now: number): WaivedBy | null {
  const found = waivers.find((waiver) => objection(waiver, question, now) === null);
  return found === undefined
    ? null
    : { waiver: found.name, reason: found.reason, owner: found.owner, until: found.expires };
}

/** What holds until a moment (milliseconds since 1970); null: it has no end in time. */
export interface Expiring {
  readonly expires: number | null;
}

/** When the next waiver expires after `now`: what it covered has to be judged again then. null: none does. */
export function nextExpiry(waivers: readonly Expiring[], now: number): number | null {
  const times = waivers.flatMap(({ expires }) => (expires !== null && expires > now ? [expires] : []));
  return times.length === 0 ? null : Math.min(...times);
}

/** A Namespace belongs to itself. */
function namespaceOf(resource: ResourceKey): string {
  return resource.type === 'core/namespaces' ? resource.name : (resource.scope ?? '');
}

function listed(what: string, patterns: readonly string[] | null, value: string): string | null {
  return patterns === null || matchesAny(patterns, value) ? null : `it is for other ${what}: ${patterns.join(', ')}`;
}

/** True where one of the patterns matches the whole text; `*` stands for any characters. */
function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, text));
}

/** Parts between stars must follow one another; no regular expression, so no pattern can be slow. */
function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
