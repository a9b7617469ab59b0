import { z } from 'zod';
import type { Json } from '../model/json.ts';
import { type LabelSelector, type Selector, selectorText, selectsPartially } from '../model/label-selector.ts';
import type { FilePlace, Resource, ResourceKey } from '../model/resource.ts';
import type { PolicyReference, Violation, WaivedBy } from '../model/verdict.ts';
import { matchesAny } from './glob.ts';

const globs = z.array(z.string().min(1)).min(1);
const subjectName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** `kind: Waiver` (plimsoll.dev/v1), read strictly. */
export const waiverDocument = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Waiver'),
  metadata: z.object({
    name: z
      .string()
      .max(253)
      .regex(subjectName, 'is no name: lower case letters, digits, - and .')
      .describe('lower case letters, digits, - and .'),
  }),
  spec: z.strictObject({
    guardrails: globs.optional().describe('names of guardrails; * stands for any characters, here and below'),
    categories: globs.optional().describe('categories of guardrails'),
    advisories: globs.optional().describe('ids of advisories; stands without guardrails and categories'),
    sources: globs.optional(),
    types: globs.optional().describe('GROUP/RESOURCE, as core/pods'),
    namespaces: globs.optional(),
    names: globs.optional().describe('names of resources'),
    selector: z
      .strictObject({
        matchLabels: z.record(z.string(), z.string()).optional(),
        matchExpressions: z
          .array(
            z.strictObject({
              key: z.string(),
              operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
              values: z.array(z.string()).optional(),
            }),
          )
          .optional(),
      } satisfies Record<keyof LabelSelector, z.ZodType>)
      .optional()
      .describe('labels of resources, as Kubernetes has it'),
    where: z
      .string()
      .min(1)
      .max(10_000)
      .optional()
      .describe('CEL that is true of what it covers: `object`, and `violations` with index, message, paths'),
    reason: z.string().min(1).describe('why this is accepted'),
    owner: z.string().optional().describe('who answers for it'),
    approver: z.string().optional(),
    ticket: z.string().optional(),
    expires: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })])
      .optional()
      .describe('the first day, or the moment, at which it no longer holds'),
    expiresWhen: z
      .string()
      .min(1)
      .max(10_000)
      .optional()
      .describe(
        'CEL over `object` and `violations` that is true of what it covers no longer; of advisories fixAvailable',
      ),
  }),
});

/** A waiver as it is written. */
export type WaiverDocument = z.output<typeof waiverDocument>;

/** An expression of a waiver, compiled. */
export interface WaiverExpression {
  readonly text: string;
  /** Its answer, or why it has none. */
  readonly answer: (question: WaiverQuestion) => boolean | { readonly unanswered: string };
}

/** Who accepts which findings, why, until when. */
export interface Waiver {
  readonly name: string;
  /** `api`: kept in the store. */
  readonly origin: 'files' | 'builtin' | 'api';
  /** Patterns, as all of these; null: whatever. */
  readonly guardrails: readonly string[] | null;
  readonly categories: readonly string[] | null;
  readonly advisories: readonly string[] | null;
  readonly sources: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly namespaces: readonly string[] | null;
  readonly names: readonly string[] | null;
  readonly selector: Selector | null;
  readonly where: WaiverExpression | null;
  readonly reason: string;
  readonly owner: string | null;
  readonly approver: string | null;
  readonly ticket: string | null;
  /** Milliseconds since 1970; null: no end in time. */
  readonly expires: number | null;
  /** null: no end but in time. */
  readonly expiresWhen: WaiverExpression | 'fixAvailable' | null;
  /** Where it was written; null for one that the API took. */
  readonly place: FilePlace | null;
  /** Its document as written: what changes it. */
  readonly document: WaiverDocument;
}

/** What a waiver is held against. */
export interface WaiverQuestion {
  readonly policy: PolicyReference;
  readonly categories: readonly string[];
  readonly resource: Resource;
  readonly labels: Json | undefined;
  /** Whether a label's presence and value are known. */
  readonly isKnownLabel: (key: string) => boolean;
  readonly violations: readonly Pick<Violation, 'index' | 'message' | 'paths'>[];
}

/** What of a question is known without the object. */
export interface WaiverSubject extends Pick<WaiverQuestion, 'policy' | 'categories'> {
  readonly resource: ResourceKey;
}

/** A reason why a waiver does not cover a finding, or nothing. */
type Objection<Q> = (waiver: Waiver, question: Q, now: number) => string | null;

/** Those that need no object, in the order in which they are asked. */
const bySubject: readonly Objection<WaiverSubject>[] = [
  ({ advisories }) => (advisories === null ? null : `it is for advisories: ${advisories.join(', ')}`),
  ({ guardrails }, { policy }) => listed('guardrails', guardrails, [policy.name]),
  (waiver, { categories }) => listed('categories', waiver.categories, categories),
  ({ sources }, { resource }) => listed('sources', sources, [resource.source]),
  ({ types }, { resource }) => listed('types', types, [resource.type]),
  ({ namespaces }, { resource }) => listed('namespaces', namespaces, [namespaceOf(resource)]),
  ({ names }, { resource }) => listed('names', names, [resource.name]),
];

/** Those that are asked then. */
const byObject: readonly Objection<WaiverQuestion>[] = [
  ({ expires }, _, now) =>
    expires !== null && expires <= now ? `it expired at ${new Date(expires).toISOString()}` : null,
  ({ selector }, { labels, isKnownLabel }) => {
    const found = selector === null || selectsPartially(selector, labels, isKnownLabel);
    if (found === true || selector === null) return null;
    if (found === false) return `it is for objects labelled ${selectorText(selector)}`;
    return `label ${found.unknownKey} was not kept, so it is not known whether it is for this one`;
  },
  ({ where }, question) => {
    const found = where?.answer(question) ?? true;
    if (found === true) return null;
    return found === false
      ? `it is for objects of which this is true: ${where?.text ?? ''}`
      : `its where has no answer here: ${found.unanswered}`;
  },
  ({ expiresWhen }, question) => {
    if (expiresWhen === null || expiresWhen === 'fixAvailable') return null;
    const found = expiresWhen.answer(question);
    if (found === false) return null;
    return found === true
      ? `its end has come: ${expiresWhen.text}`
      : `whether its end has come is not known: ${found.unanswered}`;
  },
];

/** The first reason why a waiver does not cover a finding; null where it does. */
export function objection(waiver: Waiver, question: WaiverQuestion, now: number): string | null {
  return first(bySubject, waiver, question, now) ?? first(byObject, waiver, question, now);
}

/** True where a waiver may cover a finding, as far as that can be told without its object and the time. */
export function mayCover(waiver: Waiver, subject: WaiverSubject): boolean {
  return first(bySubject, waiver, subject, 0) === null;
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

function first<Q>(objections: readonly Objection<Q>[], waiver: Waiver, question: Q, now: number): string | null {
  for (const object of objections) {
    const reason = object(waiver, question, now);
    if (reason !== null) return reason;
  }
  return null;
}

/** A Namespace belongs to itself. */
function namespaceOf(resource: ResourceKey): string {
  return resource.type === 'core/namespaces' ? resource.name : (resource.scope ?? '');
}

function listed(what: string, patterns: readonly string[] | null, values: readonly string[]): string | null {
  if (patterns === null || values.some((value) => matchesAny(patterns, value))) return null;
  return `it is for other ${what}: ${patterns.join(', ')}`;
}
