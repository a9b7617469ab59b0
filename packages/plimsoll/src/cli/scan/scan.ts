import type { Waiver } from '../../findings/waiver.ts';
import { WaiverTally } from '../../findings/waiver-tally.ts';
import { newestDialect } from '../../guardrails/evaluate/dialect.ts';
import { Evaluator, verdictOf, type VerdictSink } from '../../guardrails/evaluate/evaluator.ts';
import { typesRead } from '../../guardrails/live/dependents.ts';
import { needsOf } from '../../guardrails/needs.ts';
import { guardrailsOf, type Guardrail } from '../../guardrails/policy-set.ts';
import { heldToWaivers } from '../../guardrails/waived-by.ts';
import { auditWaivers } from '../../guardrails/waiver-report.ts';
import { PlimsollError } from '../../model/errors.ts';
import { partsOfObject } from '../../model/json-parts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource } from '../../model/resource.ts';
import type { Verdict } from '../../model/verdict.ts';
import { PolicyDocuments } from '../compose/policy-documents.ts';
import { faultOf } from '../exit-code.ts';
import { ScanWorld } from './scan-world.ts';
import type { Origin } from '../../guardrails/policy.ts';
import type { Reading } from './reading.ts';
import { changedDocuments, type Touched, touchedBy } from './changed-since/touched.ts';
import type { ChangedFile } from './changed-since/git-changes.ts';
import { Tally } from './tally.ts';
import { idleGuardrails } from './idle-guardrails.ts';

/** What a scan is asked. */
export interface ScanRequest {
  readonly reading: Reading;
  /** `builtin:NAME[@VERSION]`; paths are part of the reading. */
  readonly presets: readonly string[];
  /** Gives passing and skipped verdicts as well. */
  readonly all: boolean;
  /** Files that are not as they were: only what they touch is judged; null: everything. */
  readonly changes: readonly ChangedFile[] | null;
  /** Milliseconds since 1970: decides which waivers have expired. */
  readonly now: number;
}

/** A scan whose policies are compiled; nothing is judged yet. */
export interface PreparedScan {
  readonly guardrails: readonly Guardrail[];
  /** The change that makes everything be judged, where only what changes touch was asked for; null: none. */
  readonly everything: string | null;
  /** Judges every resource in order; verdicts come in small arrays while memory stays flat. `give` is waited for. */
  readonly judge: (give: (verdicts: readonly Verdict[]) => Promise<void>) => Promise<void>;
  /**
   * What is wrong with policies and waivers, and, where all was read, guardrails that matched nothing and waivers that
   * cover nothing; complete after judging.
   */
  readonly problems: () => readonly Problem[];
  readonly tally: Tally;
}

/**
 * Finds policies, bindings, waivers, namespaces and owners in one pass over the marked documents, compiles every
 * policy, and, where policies have params or look-ups, collects these in another.
 *
 * @throws PlimsollError PLM1306 where there is no policy at all, PLM1311 for a preset that is not there
 */
export async function prepareScan({ reading, presets, all, changes, now }: ScanRequest): Promise<PreparedScan> {
  const documents = new PolicyDocuments();
  const world = new ScanWorld(reading.kinds, reading.clusters);
  const besides: Resource[] = [];
  for (const { policies } of reading.clusters.values())
    for (const { source, body, place } of policies) documents.take({ source, origin: 'cluster', body, place });
  await reading.marked((batch) => {
    for (const { resource, locate, judged } of batch) {
      const { source, body, place } = resource;
      if (documents.take({ source, origin: originOf(source), body, place, locate })) continue;
      if (!judged) besides.push(resource);
      else if (resource.type === 'core/namespaces') world.keep(resource);
      else world.note(resource);
    }
  });
  documents.takePresets(presets);
  if (documents.parts.length === 0) throw new PlimsollError('PLM1306', 'There is no policy in the given paths.');
  const { guardrails, problems } = guardrailsOf(documents.parts, () => newestDialect);
  await reading.need((source) => needsOf(source, guardrails, world));
  await keepWhatPoliciesRead(guardrails, reading, world, besides);
  const touched =
    changes === null ? null : touchedBy(await changedDocuments(changes, reading.resourceOf), guardrails, world);
  const tally = new Tally();
  const types = new Set<string>();
  const covered = new WaiverTally(documents.waivers);
  return {
    guardrails,
    everything: touched?.everything ?? null,
    tally,
    judge: async (give) => {
      await judgeAll(
        { reading, guardrails, world, waivers: documents.waivers, covered, all, now, tally, types, touched },
        give,
      );
    },
    problems: () => {
      const faults = [...documents.problems, ...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)];
      // Of what was not looked at, or not judged, nothing is said: neither that it is not there, nor that it is waived by none.
      const whole = reading.isWhole() && (touched === null || touched.everything !== null);
      const judged = whole && faults.every((found) => faultOf(found) === 'notice');
      const isKnown = (type: string) =>
        type === '*' || isSeen(type, types) || isServed(type, reading) || reading.isKnownType(type);
      return [
        ...faults,
        // Those that ship with presets are for what many clusters run, not for what this one does.
        ...auditWaivers(documents.ownWaivers, judged ? covered : null, { guardrails, sources: null }, now).flatMap(
          (audited) => audited.problems,
        ),
        ...(whole ? idleGuardrails(guardrails, tally, isKnown, reading.kinds) : []),
      ];
    },
  };
}

/** `*\/widgets` is seen where widgets of any group were. */
function isSeen(type: string, seen: ReadonlySet<string>): boolean {
  return seen.has(type) || (type.startsWith('*/') && [...seen].some((other) => other.endsWith(type.slice(1))));
}

/** Served by a cluster that was read, be there a resource of it or none. */
function isServed(type: string, { clusters }: Reading): boolean {
  const isIt = (other: string) => other === type || (type.startsWith('*/') && other.endsWith(type.slice(1)));
  return [...clusters].some(
    ([source, { world }]) => world.served(source)?.some((served) => isIt(served.type)) === true,
  );
}

/** Keeps at hand what policies read: params, of looked-up resources as much as they read, and `besides`, of the paths of policies, what is of use. */
async function keepWhatPoliciesRead(
  guardrails: readonly Guardrail[],
  reading: Reading,
  world: ScanWorld,
  besides: readonly Resource[],
): Promise<void> {
  const lookups = new Set(guardrails.flatMap(({ policy }) => policy.lookups.map(({ type }) => type)));
  const types = typesRead(guardrails, ['files', ...reading.clusters.keys()], world);
  for (const cluster of reading.clusters.values()) await cluster.world.keep(types);
  for (const resource of besides)
    if (resource.type === 'core/namespaces' || (types.has(resource.type) && !lookups.has(resource.type)))
      world.share(resource);
  if (types.size === 0) return;
  await reading.resources((batch) => {
    for (const resource of batch) {
      const parts = types.get(resource.type);
      if (parts !== undefined && resource.type !== 'core/namespaces' && !reading.clusters.has(resource.source))
        world.keep({ ...resource, body: partsOfObject(resource.body, parts) });
    }
  });
}

/** A policy in a cluster's folder is that cluster's own and judges it alone. */
function originOf(source: string): Origin {
  return source === 'files' ? 'files' : 'cluster';
}

interface Judging {
  readonly reading: Reading;
  readonly guardrails: readonly Guardrail[];
  readonly world: ScanWorld;
  readonly waivers: readonly Waiver[];
  readonly all: boolean;
  readonly now: number;
  readonly tally: Tally;
  /** Counts what each waiver covers. */
  readonly covered: WaiverTally;
  /** null: everything is judged. */
  readonly touched: Touched | null;
  /** Takes the types that were seen. */
  readonly types: Set<string>;
}

async function judgeAll(judging: Judging, give: (verdicts: readonly Verdict[]) => Promise<void>): Promise<void> {
  const { reading, tally, types } = judging;
  const evaluatorOf = evaluators(judging);
  let verdicts: Verdict[] = [];
  const sink = sinkOf(judging, (verdict) => verdicts.push(verdict));
  await reading.resources((batch) => {
    for (const resource of batch) {
      types.add(resource.type);
      const evaluator = evaluatorOf(resource);
      if (evaluator === null) {
        tally.untouched += 1;
        continue;
      }
      tally.resources += 1;
      if (evaluator.planOf(resource).entries.length === 0) tally.unmatched += 1;
      evaluator.evaluate(resource, sink);
    }
    const given = verdicts;
    verdicts = [];
    return given.length === 0 ? undefined : give(given);
  });
}

/** Gives the evaluator of the guardrails that a resource is judged by; null: of none, since no change touches it. */
function evaluators({ guardrails, world, touched }: Judging): (resource: Resource) => Evaluator | null {
  const whole = new Evaluator(guardrails, world);
  if (touched === null) return () => whole;
  const some = new Map<readonly Guardrail[], Evaluator>([[guardrails, whole]]);
  return (resource) => {
    const own = touched.guardrailsOf(resource);
    if (own.length === 0) return null;
    let found = some.get(own);
    if (found === undefined) some.set(own, (found = new Evaluator(own, world)));
    return found;
  };
}

/** Counts verdicts, holds failing ones to the waivers, and gives on what is to be shown. */
function sinkOf({ waivers, covered, all, now, tally }: Judging, give: (verdict: Verdict) => void): VerdictSink {
  return {
    pass: (entry, resource, param) => {
      tally.count(entry.guardrail.key, 'pass');
      if (all) give(verdictOf(entry, resource, param, 'pass', null));
    },
    verdict: (verdict, entry, resource) => {
      const { policy } = entry.guardrail;
      const shown = heldToWaivers(verdict, policy, resource, waivers, now);
      tally.count(entry.guardrail.key, shown.outcome);
      covered.count(shown, policy.categories, resource);
      if (shown.outcome === 'skip') tally.skip(shown);
      if (all || shown.outcome !== 'skip') give(shown);
    },
  };
}
