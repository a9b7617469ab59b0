import { explain, type Activation, type Program } from '@plimsoll/cel';
import type { Evaluator, VerdictSink } from '../guardrails/evaluate/evaluator.ts';
import type { NotMatched } from '../guardrails/evaluate/not-matched.ts';
import type { PlanEntry } from '../guardrails/evaluate/plan.ts';
import { Owners } from '../findings/owner.ts';
import { objection, type Waiver } from '../findings/waiver.ts';
import type { Skipped } from '../guardrails/live/skip-tally.ts';
import { judgedRule } from '../guardrails/judged-rule.ts';
import { questionOf } from '../guardrails/waived-by.ts';
import { mend } from '../guardrails/mending/mend.ts';
import type { PolicyDocument } from '../guardrails/policy.ts';
import type { Guardrail } from '../guardrails/policy-set.ts';
import type { FilePlace, Resource } from '../model/resource.ts';
import type { FindingFilter, Page, Store } from '../inventory/store.ts';
import type { Finding } from '../model/finding.ts';
import { jsonText } from '../model/json-text.ts';
import type { Verdict } from '../model/verdict.ts';
import { celToJson } from './cel-value.ts';
import { fixItem, placeItems } from './fix-item.ts';
import { guardrailItem } from './guardrail-item.ts';
import { findingItem, timeText, verdictItem } from './items.ts';
import { type Seen, staleFindings } from './stale.ts';
import type { Explanation } from './schemas.ts';

/** What an explanation is made from. */
export interface ExplanationDesk {
  readonly store: Store;
  readonly guardrails: readonly Guardrail[];
  /** What a guardrail could not judge; null where it judged all. */
  readonly skippedBy: (guardrail: Guardrail) => Skipped | null;
  readonly waivers: readonly Waiver[];
  /** What a finding's guardrail reads besides the resource. */
  readonly restsOn: (finding: Finding) => readonly Seen[];
  /** An evaluator of one guardrail alone, over the world as it is now. */
  readonly evaluatorOf: (guardrail: Guardrail) => Evaluator;
  /** The guardrails that do not judge a resource, and why. */
  readonly notMatched: (resource: Resource) => readonly NotMatched[];
  /** Gives the places of a document's fields in its file; null where it cannot be read any more. */
  readonly locate: (place: FilePlace) => Promise<PolicyDocument['locate'] | null>;
}

/** Values longer than this are cut: whole objects are shown by `get`. */
const longestValue = 200;
const mostVersions = 20;
const countedAtOnce = 500;

/**
 * Why a finding stands: its guardrail is evaluated again on the resource as it is now, and the value of every
 * sub-expression is noted while the values are at hand.
 */
export async function explanationOf(finding: Finding, desk: ExplanationDesk): Promise<Explanation> {
  const { store, guardrails, evaluatorOf, restsOn } = desk;
  const resource = await store.resource(finding.resource);
  const of = guardrails.filter(
    ({ policy }) => isSame(policy.reference, finding.policy) && judgedRule(policy) === finding.rule,
  );
  // Of the variants of one policy it is the one that judges resources of this type.
  const judges = (guardrail: Guardrail): boolean =>
    resource !== null && evaluatorOf(guardrail).planOf(resource).entries.length > 0;
  const guardrail = (of.length > 1 ? of.find(judges) : undefined) ?? of[0] ?? null;
  const notes: Notes = { verdict: null, values: [] };
  if (guardrail !== null && resource !== null) evaluatorOf(guardrail).evaluate(resource, notingSink(finding, notes));
  return {
    finding: findingItem(
      finding,
      await new Owners(store).of(finding.resource),
      staleFindings(await store.coverage(), restsOn)(finding),
    ),
    guardrail: guardrail === null ? null : guardrailItem(guardrail, desk.skippedBy(guardrail)),
    description: guardrail?.policy.description ?? null,
    current: notes.verdict === null ? null : verdictItem(notes.verdict),
    values: notes.values,
    satisfy: finding.state === 'resolved' ? [] : satisfying(notes.verdict ?? finding, guardrail),
    places: await placesOf(notes.verdict ?? finding, resource, desk),
    fix: resource === null ? null : fixOf(notes.verdict, resource, guardrail === null ? null : evaluatorOf(guardrail)),
    history: await historyOf(finding, store),
    notApplied:
      resource === null
        ? []
        : desk.notMatched(resource).map(({ guardrail: { policy }, binding, reason }) => ({
            guardrail: policy.rule === null ? policy.reference.name : `${policy.reference.name}/${policy.rule}`,
            binding,
            reason,
          })),
    others: await othersOf(finding, store),
    waivers: resource === null ? [] : objections(finding, guardrail, resource, desk.waivers, Date.now()),
  };
}

/** The smallest edit that makes a failing verdict pass, judged. */
function fixOf(verdict: Verdict | null, resource: Resource, evaluator: Evaluator | null): Explanation['fix'] {
  if (verdict === null || evaluator === null || verdict.violations.length === 0) return null;
  const patch = mend(resource, verdict, evaluator);
  return patch === null ? null : fixItem(patch, resource.body);
}

async function placesOf(
  { violations }: Pick<Verdict, 'violations'>,
  resource: Resource | null,
  { locate }: ExplanationDesk,
): Promise<Explanation['places']> {
  const paths = violations.flatMap((violation) => violation.paths);
  if (resource === null || paths.length === 0) return [];
  const place = resource.place === null ? null : await locate(resource.place);
  return placeItems(paths, resource.body, place == null ? null : (steps) => place(steps));
}

/** How many findings stand besides, of the guardrail and at the resource. */
async function othersOf({ id, policy, resource }: Finding, store: Store): Promise<Explanation['others']> {
  const { source, type, scope, name } = resource;
  const ofGuardrail = await countOf(
    { state: 'open', guardrail: policy.name },
    (one) => one.id !== id && isSame(one.policy, policy),
    store,
  );
  const atResource = await countOf(
    { state: 'open', source, type, scope, name },
    (one) => !isSame(one.policy, policy),
    store,
  );
  return { guardrail: ofGuardrail, resource: atResource };
}

async function countOf(filter: FindingFilter, is: (finding: Finding) => boolean, store: Store): Promise<number> {
  let count = 0;
  for (let page: string | null | undefined; page !== null;) {
    const found: Page<Finding> = await store.findings(filter, countedAtOnce, page ?? null);
    count += found.items.filter(is).length;
    page = found.next;
    await new Promise(setImmediate); // what happens meanwhile is not held up by who counts
  }
  return count;
}

/** Waivers that did not apply, each with its first reason; a finding that is waived shows by which one itself. */
function objections(
  finding: Finding,
  guardrail: Guardrail | null,
  resource: Resource,
  waivers: readonly Waiver[],
  now: number,
): Explanation['waivers'] {
  const question = questionOf(finding, { categories: guardrail?.policy.categories ?? [] }, resource);
  return waivers.flatMap((waiver) => {
    const reason = objection(waiver, question, now);
    return reason === null ? [] : [{ waiver: waiver.name, reason }];
  });
}

interface Notes {
  verdict: Verdict | null;
  values: Explanation['values'];
}

function isSame(a: Finding['policy'], b: Finding['policy']): boolean {
  return a.source === b.source && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** Takes the verdict of the finding's binding and param, and the values while the activation still holds them. */
function notingSink(finding: Finding, notes: Notes): VerdictSink {
  return {
    pass: () => undefined,
    verdict: (verdict, entry) => {
      if (verdict.binding !== finding.binding || verdict.param !== finding.param) return;
      notes.verdict = verdict;
      notes.values = valuesOf(verdict, entry);
    },
  };
}

/** What the validations that failed were made of; where none did, all of them and the match conditions. */
function valuesOf(verdict: Verdict, { compiled }: PlanEntry): Explanation['values'] {
  const { activation, matchConditions, validations } = compiled;
  const failing = new Set(verdict.violations.map(({ index }) => index));
  const chosen = validations.filter(({ index }) => failing.size === 0 || failing.has(index));
  const conditions = failing.size > 0 ? [] : matchConditions;
  const parts = [
    ...conditions.map((condition) => ({ part: `matchCondition ${condition.name}`, ...condition })),
    ...chosen.map((validation) => ({ part: `validations[${validation.index}].expression`, ...validation })),
  ];
  return parts.map(({ part, expression, program }) => ({ part, expression, values: stepsOf(program, activation) }));
}

/** The sub-expressions of a program with their values, in order of evaluation; one that says the same again once. */
function stepsOf(program: Program, activation: Activation): Explanation['values'][number]['values'] {
  const shown = new Set<string>();
  return explain(program, activation).flatMap(({ text, position, value }) => {
    const line = {
      expression: text,
      line: position.line,
      column: position.column,
      value: cutText(jsonText(celToJson(value))),
    };
    const key = `${line.expression}\0${line.value}`;
    if (shown.has(key)) return [];
    shown.add(key);
    return [line];
  });
}

function cutText(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue).toWellFormed()}…`;
}

/** The smallest edits that the messages name, else the expressions that would have to hold. */
function satisfying(verdict: Verdict, guardrail: Guardrail | null): string[] {
  const said = verdict.violations.map(({ message, expression, paths }) => {
    const where = paths.length === 0 ? '' : ` (at ${paths.join(', ')})`;
    return message.startsWith('failed expression') ? `This must be true: ${expression}${where}` : `${message}${where}`;
  });
  if (said.length > 0 || verdict.outcome === 'pass') return said;
  if (verdict.outcome === 'unknown') return [`What is unknown must become known: ${verdict.reason ?? ''}`];
  return (guardrail?.policy.validations ?? []).map(({ expression }) => `This must have a value: ${expression.trim()}`);
}

/** What happened to the resource and the finding, oldest first. */
async function historyOf(finding: Finding, store: Store): Promise<Explanation['history']> {
  const { items } = await store.versions(finding.resource, mostVersions);
  const versions = items.filter((entry) => entry.kind === 'version');
  const { seq, openedAt, changedAt, resolvedAt, resolution, outcome } = finding;
  const events = [
    ...versions.map((version) => ({
      seq: version.seq,
      at: version.at,
      what:
        version.resource.version === null ? 'resource seen' : `resource seen as version ${version.resource.version}`,
    })),
    { seq, at: openedAt, what: 'finding opened' },
    ...(changedAt === openedAt || changedAt === resolvedAt
      ? []
      : [{ seq, at: changedAt, what: `verdict changed: ${outcome}` }]),
    ...(resolvedAt === null ? [] : [{ seq, at: resolvedAt, what: `finding resolved: ${resolution ?? ''}` }]),
  ];
  return events
    .sort((a, b) => a.at - b.at || a.seq - b.seq)
    .map(({ at, ...event }) => ({ ...event, at: timeText(at) }));
}
