import { z } from 'zod';
import type { Json, JsonObject } from '../model/json.ts';
import { severities } from '../model/severity.ts';

/**
 * What the API says, as zod schemas: `/openapi.json` is made from them, and the tests hold every answer to them. Times
 * are RFC 3339 in UTC.
 */
const time = z.iso.datetime();

export const problemSchema = z.strictObject({
  code: z.string().regex(/^PLM\d{4}$/),
  source: z.string().nullable(),
  file: z.string().nullable(),
  document: z.int().nullable(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  message: z.string(),
  remedy: z.string(),
});

const violationSchema = z.strictObject({
  index: z.int().describe('0-based position among the policy’s validations'),
  message: z.string(),
  expression: z.string(),
  paths: z.array(z.string()).describe('field paths of the object that made it false'),
});

const judgedResourceSchema = z.strictObject({
  source: z.string(),
  type: z.string().describe('GROUP/RESOURCE, for example core/pods'),
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  uid: z.string().nullable(),
  file: z.string().nullable(),
  line: z.int().nullable(),
});

/** One verdict, exactly as in a ScanReport. */
export const verdictSchema = z.strictObject({
  guardrail: z.string(),
  policy: z.strictObject({ source: z.string(), kind: z.string(), namespace: z.string().nullable() }),
  binding: z.string().nullable(),
  rule: z.string().nullable(),
  param: z.string().nullable(),
  resource: judgedResourceSchema,
  outcome: z.enum(['pass', 'fail', 'waived', 'skip', 'unknown', 'error']),
  severity: z.enum(severities),
  reason: z.string().nullable(),
  violations: z.array(violationSchema),
});

const coverageStateSchema = z.enum([
  'live',
  'listed',
  'listing',
  'stale',
  'forbidden',
  'throttled',
  'unsupported',
  'down',
  'off',
  'never',
]);

const ownerSchema = z.strictObject({
  type: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  unseen: z.string().nullable().describe('why it is known by name alone, and what is above it is not known'),
});

export const findingSchema = verdictSchema.extend({
  owner: ownerSchema
    .nullable()
    .describe('the topmost controller of the resource (ownerReferences), in its source; null where it has none'),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  state: z.enum(['open', 'resolved']),
  seq: z.int(),
  openedAt: time,
  changedAt: time,
  resolvedAt: time.nullable(),
  resolution: z.string().nullable().describe('why it ended'),
  waivedBy: z
    .strictObject({ waiver: z.string(), reason: z.string(), owner: z.string().nullable(), until: time.nullable() })
    .nullable(),
  stale: z
    .strictObject({
      type: z.string().describe('what is not seen: the type of its resource, or one that its guardrail reads besides'),
      state: coverageStateSchema,
      since: time,
      reason: z.string().nullable(),
    })
    .nullable()
    .describe(
      'why something that it rests on is not seen as of now: the finding stands as it was judged last; null in the stream, whose coverage events say it',
    ),
});

export const rollupSchema = z.strictObject({
  guardrail: z.string(),
  policy: verdictSchema.shape.policy,
  severity: z.enum(severities),
  source: z.string(),
  owner: ownerSchema.describe('the topmost controller; the resource itself where it has none'),
  outcome: verdictSchema.shape.outcome.describe('the worst of its findings'),
  count: z.int().describe('how many findings are behind it'),
  outcomes: z.strictObject({ fail: z.int(), waived: z.int(), unknown: z.int(), error: z.int() }),
  openedAt: time.describe('when the first of them opened'),
  examples: z
    .array(
      z.strictObject({
        id: z.string().describe('of the finding'),
        type: z.string(),
        namespace: z.string().nullable(),
        name: z.string(),
        message: z.string().nullable(),
      }),
    )
    .describe('a few of the findings, the owner’s own first'),
});

export const resourceSchema = z.strictObject({
  source: z.string(),
  type: z.string(),
  scope: z.string().nullable().describe('the namespace; null where there is none'),
  name: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  uid: z.string().nullable(),
  version: z.string().nullable().describe('the source’s own version of it, opaque'),
  file: z.string().nullable(),
  line: z.int().nullable(),
  unseen: z.array(z.string()).describe('field paths that were not kept: unknown, not absent'),
  object: z
    .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
    .meta({ type: 'object', description: 'the object as it was seen' }),
});

export const changeSchema = z.strictObject({
  seq: z.int(),
  at: time,
  operation: z.enum(['created', 'updated', 'deleted']),
  source: z.string(),
  type: z.string(),
  scope: z.string().nullable(),
  name: z.string(),
  uid: z.string().nullable(),
  resource: resourceSchema.nullable().describe('after the change; null where it was deleted'),
});

export const coverageSchema = z.strictObject({
  source: z.string(),
  type: z.string().describe('`*` for the whole source'),
  scope: z.string().nullable(),
  state: coverageStateSchema,
  since: time,
  lastComplete: time.nullable(),
  reason: z.string().nullable(),
});

export const sourceSchema = z.strictObject({
  name: z.string(),
  identity: z.string().nullable().describe('which cluster it is: the UID of its kube-system namespace'),
  version: z.string().nullable().describe('what the server says of itself'),
  types: z.int().describe('types of which something is known'),
  readWhole: z
    .array(
      z.strictObject({
        namespace: z.string().nullable().describe('null: in whatever namespace'),
        name: z.string().nullable().describe('null: of whatever name'),
        selector: z.string().nullable().describe('labels, as kubectl writes them; null: whatever labels'),
        readers: z.array(z.string()).describe('the guardrails that read them'),
      }),
    )
    .describe('ConfigMaps that are read whole, because a guardrail names them; the others are metadata alone'),
  readAs: z
    .array(z.strictObject({ type: z.string(), apiVersion: z.string(), readers: z.array(z.string()) }))
    .describe('versions that objects are read in besides the held one, because a guardrail judges them'),
  coverage: z.array(coverageSchema),
  problems: z.array(problemSchema),
});

export const guardrailSchema = z.strictObject({
  name: z.string(),
  policy: z.strictObject({ source: z.string(), kind: z.string(), namespace: z.string().nullable() }),
  title: z.string().nullable(),
  severity: z.enum(severities).nullable().describe('null where it names one that there is not, and so does not load'),
  categories: z.array(z.string()),
  state: z.enum(['ok', 'unbound', 'broken']).describe('unbound judges nothing; broken does not load'),
  idle: z.string().nullable().describe('why it judges nothing that is at rest, where that is as it should be'),
  skipped: z
    .strictObject({ resources: z.int(), reason: z.string().describe('of the first of them') })
    .nullable()
    .describe('resources that it failed on and, its failurePolicy being Ignore, left without a finding; null: none'),
  description: z.string().nullable().describe('what goes wrong when it is left'),
  frameworks: z.record(z.string(), z.array(z.string())).describe('framework: ids in it'),
  matches: z.array(z.string()).describe('what it judges, as GROUP/RESOURCE; `*` is a wildcard'),
  validations: z.array(z.strictObject({ expression: z.string(), message: z.string().nullable() })),
  bindings: z.array(z.string()),
  enforcement: z
    .array(
      z.strictObject({
        action: z.string().describe('in its tool’s own words: deny, Audit, dryrun'),
        from: z.string().nullable().describe('the day from which on it is due; null: always'),
        points: z.array(z.string()).describe('where it is taken: ci, admission, those of its tool; empty: everywhere'),
        binding: z.string().nullable().describe('the binding or constraint that says it; null: the policy itself'),
      }),
    )
    .describe('what is done about a violation elsewhere, as policy and bindings say; verdicts do not depend on it'),
  file: z.string().nullable(),
  line: z.int().nullable(),
  problems: z.array(problemSchema),
});

const json = z.custom<Json>((value) => value !== undefined).meta({ description: 'any JSON' });

/** One state of a resource, or its end. */
export const versionSchema = z.strictObject({
  seq: z.int().describe('position in the change log'),
  at: time,
  until: time.nullable().describe('null: it still stands, or it is an end'),
  operation: z
    .enum(['seen', 'created', 'updated', 'deleted'])
    .describe('seen: the oldest state that is kept; whether it was created then is not known'),
  uid: z.string().nullable(),
  version: z.string().nullable(),
  changes: z.int().describe('differences from the state before, without what every write changes'),
  changed: z.array(z.string()).describe('the paths of the first of them'),
  by: z
    .array(
      z.strictObject({
        manager: z.string(),
        operation: z.string().nullable(),
        subresource: z.string().nullable(),
        time: z.string().nullable(),
      }),
    )
    .describe('who wrote since the state before, by metadata.managedFields'),
});

const stateSchema = z.strictObject({
  seq: z.int().nullable(),
  at: time.nullable(),
  exists: z.boolean().describe('false: there was no such resource then'),
  version: z.string().nullable(),
});

/** How two states of a resource differ. */
export const diffSchema = z.strictObject({
  source: z.string(),
  type: z.string(),
  scope: z.string().nullable(),
  name: z.string(),
  from: stateSchema,
  to: stateSchema,
  differences: z.array(
    z.strictObject({
      operation: z
        .enum(['added', 'removed', 'changed', 'spliced', 'reordered'])
        .describe(
          'spliced: the elements of a list from the place that ends the path on are others; reordered: `to` is the place of each element before',
        ),
      path: z.string().describe('elements of lists that Kubernetes merges by a key are named by it'),
      from: json,
      to: json,
    }),
  ),
  hidden: z.int().describe('differences that every write makes, which `all` shows'),
  unseen: z
    .array(z.string())
    .describe('field paths that were not kept of one state or the other: how they differ is unknown'),
});

/** How many resources of a type a source has. */
export const typeSchema = z.strictObject({ source: z.string(), type: z.string(), resources: z.int() });
export const typeNameSchema = z.strictObject({
  type: z.string(),
  others: z.array(z.string()).describe('other types that the word stands for too'),
});

const patterns = z.array(z.string()).nullable();

export const waiverSchema = z.strictObject({
  name: z.string(),
  origin: z.enum(['files', 'builtin', 'api']).describe('api: kept by the server, which ends it too'),
  guardrails: patterns.describe('names with * for any characters, as all of these; null: whatever'),
  categories: patterns,
  advisories: patterns,
  sources: patterns,
  types: patterns,
  namespaces: patterns,
  names: patterns.describe('of resources'),
  selector: z.string().nullable().describe('labels of resources'),
  where: z.string().nullable().describe('CEL that is true of what it covers'),
  reason: z.string(),
  owner: z.string().nullable(),
  approver: z.string().nullable(),
  ticket: z.string().nullable(),
  until: time.nullable(),
  expiresWhen: z.string().nullable().describe('fixAvailable, or CEL that is true of what it covers no longer'),
  state: z
    .enum(['in force', 'expires soon', 'too broad', 'expired', 'matches nothing'])
    .describe(
      'expires soon: within 14 days; too broad: covers nine in ten of what its guardrails find, ten at least, in several namespaces; matches nothing: covers no open finding',
    ),
  findings: z.int().nullable().describe('open findings that it covers; null: nothing was looked at'),
  among: z.int().nullable().describe('open findings of its guardrails, waived or not'),
  created: z
    .strictObject({ at: time, by: z.string().nullable().describe('whose token it was') })
    .nullable()
    .describe('null for one that stands in a file'),
  file: z.string().nullable(),
  line: z.int().nullable(),
  problems: z.array(problemSchema).describe('what its audit says'),
});

const valueSchema = z.strictObject({
  expression: z.string(),
  line: z.int().nullable().describe('1-based, in the expression that it is part of'),
  column: z.int().nullable(),
  value: z.string().describe('the value as CEL or JSON text; what an error or an unknown says'),
});

/** Why a finding stands: the finding, what was evaluated, and what would satisfy it. */
export const explanationSchema = z.strictObject({
  finding: findingSchema,
  guardrail: guardrailSchema.nullable().describe('null where it is gone'),
  description: z.string().nullable(),
  current: verdictSchema.nullable().describe('the verdict as of now; null where the resource or the guardrail is gone'),
  values: z
    .array(
      z.strictObject({
        part: z.string().describe('for example validations[0].expression'),
        expression: z.string(),
        values: z.array(valueSchema),
      }),
    )
    .describe('sub-expressions and their values, in order of evaluation'),
  places: z
    .array(
      z.strictObject({
        path: z.string().describe('field path'),
        container: z.string().nullable().describe('the name of the container that it is in'),
        line: z.int().nullable().describe('1-based, in the file of the resource; of what it is in where it is missing'),
        column: z.int().nullable(),
      }),
    )
    .describe('the fields that make the verdict'),
  fix: z
    .strictObject({
      patch: z
        .array(z.strictObject({ op: z.enum(['add', 'replace', 'remove']), path: z.string(), value: json.optional() }))
        .describe('JSON Patch (RFC 6902)'),
      edits: z
        .array(
          z.strictObject({
            operation: z.enum(['add', 'replace', 'remove']),
            path: z.string(),
            container: z.string().nullable(),
            from: json.nullable(),
            to: json.nullable(),
          }),
        )
        .describe('the same for people, in the same order'),
    })
    .nullable()
    .describe(
      'the smallest edit that was found to make the guardrail hold: the edited resource was judged, and passes; null: none was found, or there is nothing to mend',
    ),
  satisfy: z.array(z.string()).describe('what would have to hold'),
  history: z.array(z.strictObject({ seq: z.int(), at: time, what: z.string() })),
  waivers: z
    .array(z.strictObject({ waiver: z.string(), reason: z.string() }))
    .describe('waivers that did not apply, each with the first reason'),
  notApplied: z
    .array(z.strictObject({ guardrail: z.string(), binding: z.string().nullable(), reason: z.string() }))
    .describe('guardrails in force that do not judge the resource, each with the first reason'),
  others: z
    .strictObject({
      guardrail: z.int().describe('of the same guardrail, at other resources or by another binding'),
      resource: z.int().describe('of other guardrails, at the same resource'),
    })
    .describe('other open findings'),
});

const listCoverageSchema = z.strictObject({
  complete: z
    .boolean()
    .describe(
      'true where absence from the list, all its pages taken together, proves absence: every type asked for is listed completely, and where had an answer for every item; types that are off by configuration count only where one is asked for by its name',
    ),
  gaps: z
    .array(coverageSchema)
    .describe('what of the asked is not listed completely, and why; types that are off among it'),
  undecided: z
    .strictObject({ count: z.int(), example: z.string().nullable() })
    .describe('items left out because `where` had no answer for them'),
  judging: z
    .boolean()
    .describe('of findings: true while guardrails are still being held against what is known, so that more may open'),
});

/** The answer of a list. */
export const listSchema = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    nextPageToken: z.string().nullable(),
    asOf: time.describe(
      'the time of which the list is: `at`, else now, else that of the oldest list it rests on that is not watched (a snapshot is as old as it)',
    ),
    coverage: listCoverageSchema,
  });

/** What a trial found until an answer was due, and how far it had come. */
export const trialSchema = listSchema(verdictSchema).extend({
  looked: z.int().describe('how many resources have been looked at, those of the pages before among them'),
});

/** What a guardrail that nobody has yet would have said, and when. */
const spanSchema = verdictSchema.extend({
  from: time.nullable().describe('null: it stood when the replayed time began'),
  until: time.nullable().describe('null: it stands at its end'),
  by: versionSchema.shape.by.describe(
    'who wrote the state that it came with, by metadata.managedFields; empty where it came with something else that the guardrail reads, or is not known',
  ),
  cause: z
    .enum(['resource', 'other'])
    .nullable()
    .describe('what changed when it began: the resource, or something else that the guardrail reads; null: not known'),
  owner: ownerSchema.nullable().describe('the topmost controller of the resource then; null where it had none'),
});

/** What the guardrails found until an answer was due, and how far that had come. */
export const replaySchema = z.strictObject({
  items: z.array(spanSchema),
  nextPageToken: z.string().nullable(),
  looked: z.int().describe('how many resources have been looked at, those of the pages before among them'),
  states: z.int().describe('how many states of theirs that were'),
  held: z
    .strictObject({ since: time, until: time })
    .nullable()
    .describe('the time that was replayed: it may begin later than asked, where the history does; null: there is none'),
  gaps: z
    .array(coverageSchema.omit({ lastComplete: true }).extend({ from: time, until: time.nullable() }))
    .describe('when lists that the verdicts rest on were not complete'),
});

/** What a replay is asked. */
export const replayBodySchema = z.strictObject({
  guardrails: z
    .array(
      z.strictObject({
        file: z.string().nullable().default(null),
        document: z.int().default(1),
        line: z.int().default(1),
        body: z
          .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
          .meta({
            type: 'object',
            description: 'a policy, a binding, or what amends them, in any format that is read',
          }),
      }),
    )
    .min(1),
  since: z.iso
    .datetime({ offset: true, error: 'write a time as RFC 3339, for example 2026-11-26T01:00:00Z' })
    .transform((text) => Date.parse(text)),
  limit: z.int().min(1).max(1000).default(1000),
  pageToken: z.string().max(2000).optional(),
});

/** RFC 9457, with our code and what the problem of the code table says. */
export const configurationSchema = z.strictObject({
  file: z.string().nullable().describe('null where the server runs without one'),
  since: time.describe('when what is in force was taken over'),
  problems: z.array(problemSchema).describe('why what the files say now is not in force'),
});

export const problemReplySchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  remedy: z.string(),
});

const page = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  pageToken: z.string().max(2000).optional(),
  where: z.string().max(10_000).optional().describe('CEL; the fields of the item are its variables'),
};
const key = {
  source: z.string().optional(),
  type: z.string().optional(),
  scope: z.string().optional().describe('empty for resources without a scope'),
  name: z.string().optional(),
};

const at = z.iso
  .datetime({ offset: true, error: 'write a time as RFC 3339, for example 2026-11-26T01:00:00Z' })
  .transform((text) => Date.parse(text));
const moment = { at: at.optional().describe('RFC 3339: the list as it stood then') };

export const keyQuerySchema = z.object(key);
export const noQuerySchema = z.strictObject({});
export const pageQuerySchema = z.strictObject(page);
export const typeQuerySchema = z.strictObject({ ...page, ...moment });
export const resourceQuerySchema = z.strictObject({ ...page, ...key, ...moment });
const one = { source: z.string(), type: z.string(), scope: key.scope, name: z.string() };
export const trialQuerySchema = z.strictObject({
  limit: page.limit,
  pageToken: page.pageToken,
  expression: z.string().min(1).max(10_000).describe('CEL, as in a validation of a guardrail: what has to hold'),
  type: z.string().describe('the type that it is about'),
  source: key.source,
  scope: key.scope,
});
export const versionQuerySchema = z.strictObject({ ...page, ...one });
const stateName = z.union([
  z
    .string()
    .regex(/^\d+$/)
    .transform((text) => ({ seq: Number(text) })),
  at.transform((time) => ({ at: time })),
]);
export const diffQuerySchema = z.strictObject({
  ...one,
  from: stateName
    .optional()
    .describe('a position of the change log, or a time as RFC 3339; left out: the state before `to`'),
  to: stateName.optional().describe('the same; left out: the newest state'),
  all: z
    .enum(['true', 'false'])
    .default('false')
    .describe('show what every write changes as well (managedFields, resourceVersion, …)'),
});
export const changeQuerySchema = z.strictObject({
  ...page,
  since: z.coerce.number().int().min(0).default(0).describe('exclusive'),
});
export const findingQuerySchema = z.strictObject({
  ...page,
  ...key,
  ...moment,
  state: z.enum(['open', 'resolved', 'all']).default('open'),
  guardrail: z.string().optional(),
  id: z
    .string()
    .regex(/^[0-9a-f]{1,16}$/)
    .optional(),
});
export const streamQuerySchema = z.strictObject({
  since: z.coerce.number().int().min(0).optional().describe('exclusive; without it from now on'),
  kinds: z
    .string()
    .regex(/^(change|finding|coverage)(,(change|finding|coverage))*$/, 'name some of change, finding, coverage')
    .default('change,finding,coverage')
    .describe('the events that are sent besides `reset`, separated by commas'),
});

/** Why a finding stands. */
export type Explanation = z.infer<typeof explanationSchema>;
/** An item of `/v1/findings`. */
export type FindingItem = z.infer<typeof findingSchema>;
/** An item of `/v1/rollups`. */
export type RollupItem = z.infer<typeof rollupSchema>;
/** A verdict of a ScanReport. */
export type VerdictItem = z.infer<typeof verdictSchema>;
export type SpanItem = z.infer<typeof spanSchema>;
export type ReplayAnswer = z.infer<typeof replaySchema>;
/** A problem as reports and the API show it. */
export type ProblemItem = z.infer<typeof problemSchema>;
/** An item of `/v1/changes`. */
export type ChangeItem = z.infer<typeof changeSchema>;
/** A coverage row. */
export type CoverageItem = z.infer<typeof coverageSchema>;
/** An item of `/v1/sources`. */
export type SourceItem = z.infer<typeof sourceSchema>;
/** An item of `/v1/guardrails`. */
export type GuardrailItem = z.infer<typeof guardrailSchema>;
/** An item of `/v1/types`. */
export type TypeItem = z.infer<typeof typeSchema>;
/** What a word for a type stands for. */
export type TypeName = z.infer<typeof typeNameSchema>;
/** An item of `/v1/versions`. */
export type VersionItem = z.infer<typeof versionSchema>;
/** The answer of `/v1/diff`. */
export type DiffItem = z.infer<typeof diffSchema>;
/** One difference. */
export type DifferenceItem = DiffItem['differences'][number];
/** An item of `/v1/waivers`. */
export type WaiverItem = z.infer<typeof waiverSchema>;
/** What a list's answer says of what it could not see. */
export type ListCoverage = z.infer<typeof listCoverageSchema>;
/** A page of a list. */
export interface ListAnswer<T> {
  readonly items: T[];
  readonly nextPageToken: string | null;
  readonly asOf: string;
  readonly coverage: ListCoverage;
}
/** An item of `/v1/resources`; integers beyond 2⁵³ are bigint in `object`. */
export type ResourceItem = z.infer<typeof resourceSchema>;
export type ConfigurationItem = z.infer<typeof configurationSchema>;
