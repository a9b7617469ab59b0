import { each, fieldPathText, fieldSteps, type FieldStep } from '../../model/field-path.ts';
import { isJsonObject, member, type Json, type JsonObject } from '../../model/json.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Resource } from '../../model/resource.ts';

/** A field that is to be left out of the resources of a type. */
export interface Redaction {
  /** As it was asked for. */
  readonly text: string;
  /** `*`, `GROUP/*` or `GROUP/RESOURCE`. */
  readonly type: string;
  readonly steps: readonly FieldStep[];
}

/** What tells which resource it is, whose, and how it is judged. */
const kept = ['apiVersion', 'kind', 'metadata', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
const owners = 'metadata.ownerReferences';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Reads `TYPE:FIELD` (`core/configmaps:data`, `*:metadata.annotations`); gives why it cannot be where it is none. */
export function redactionOf(text: string): Redaction | string {
  const colon = text.indexOf(':');
  const type = text.slice(0, Math.max(0, colon));
  if (!/^(?:\*|[^\s/*]+\/(?:\*|[^\s/*]+))$/.test(type))
    return `${text}: write TYPE:FIELD, TYPE being GROUP/RESOURCE, GROUP/* or *, as in core/configmaps:data`;
  const steps = fieldSteps(text.slice(colon + 1));
  if (steps === null)
    return `${text}: ${text.slice(colon + 1) || 'nothing'} is no field path; write one as in spec.containers[*].env`;
  const path = fieldPathText(steps);
  const [first, second] = steps;
  const all = first === each || (first === 'metadata' && second === each);
  if (all || kept.includes(path) || path === owners || path.startsWith(`${owners}[`))
    return `${text}: without ${all ? 'metadata' : path} nobody knows which resource it is; name what is below it or beside it`;
  return { text, type, steps };
}

/** Leaves fields out of resources, and counts of how many. */
export class Redactions {
  readonly #redactions: readonly Redaction[];
  readonly #counts = new Map<string, number>();

  constructor(redactions: readonly Redaction[]) {
    this.#redactions = redactions;
  }

  /** The redactions that found nothing to leave out. */
  get idle(): readonly Redaction[] {
    return this.#redactions.filter(({ text }) => !this.#counts.has(text));
  }

  /**
   * The resource without its redacted fields, which are `unseen` then; what is not there is not named. Other versions of
   * it are left out with them, for there a field may have another name, and so is the hash of what was applied, from
   * which short values could be guessed.
   */
  of(resource: Resource): Resource {
    let body = resource.body;
    const left: string[] = [];
    for (const { text, type, steps } of this.#redactions) {
      if (!isOf(resource.type, type)) continue;
      const paths: string[] = [];
      const without = leftOut(body, steps, [], paths);
      if (paths.length === 0 || !isJsonObject(without)) continue;
      body = without;
      left.push(...paths);
      this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
    }
    if (left.length === 0) return resource;
    const unseen = [...new Set([...resource.unseen, ...left])];
    const forms = resource.forms?.map((form) => ({ ...form, body: null, unknown: 'it was redacted' }));
    return { ...resource, body: withoutHash(body), unseen, ...(forms === undefined ? {} : { forms }) };
  }
}

function isOf(type: string, pattern: string): boolean {
  return pattern === '*' || pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)));
}

/** The value without what the steps lead to, whose paths go into `found`. */
function leftOut(value: Json, steps: readonly FieldStep[], path: readonly FieldStep[], found: string[]): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    if (typeof step === 'string') return value;
    return items.map((item, at) => (step === each || step === at ? leftOut(item, rest, [...path, at], found) : item));
  }
  if (!isJsonObject(value) || typeof step === 'number') return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    if (step !== each && step !== key) return [[key, item]];
    const here = [...path, key];
    if (rest.length > 0) return [[key, leftOut(item, rest, here, found)]];
    found.push(fieldPathText(here));
    return [];
  });
  return Object.fromEntries(entries);
}

function withoutHash(body: JsonObject): JsonObject {
  const metadata = body['metadata'];
  const annotations = member(metadata, 'annotations');
  const applied = member(annotations, lastApplied);
  if (!isJsonObject(metadata) || !isJsonObject(annotations) || typeof applied !== 'string') return body;
  const apiVersion = /"apiVersion"\s*:\s*"([^"\\]*)"/.exec(applied)?.[1] ?? null;
  const reduced = { ...annotations, [lastApplied]: jsonText({ apiVersion }) };
  return { ...body, metadata: { ...metadata, annotations: reduced } };
}
