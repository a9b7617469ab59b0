import { nearestName } from '@plimsoll/cel';
import { problem } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { matchesGlob } from './glob.ts';
import type { Waiver } from './waiver.ts';
import type { WaiverCount } from './waiver-tally.ts';

/** What there is to say of a waiver besides that it holds. */
export type WaiverState = 'in force' | 'expires soon' | 'too broad' | 'expired' | 'matches nothing';

const SOON_MS = 14 * 24 * 60 * 60 * 1000;
/** Of fewer findings nobody can say that a waiver of them is too broad. */
const FEW = 10;
const MOST = 0.9;

/**
 * The state of a waiver; `count` null: nobody knows what it covers, because not everything was looked at. One that is
 * over is not asked what it covers. Too broad is one that covers nine in ten of all that its guardrails find, ten at
 * least, in more than one namespace: it is no exception, it turns them off.
 */
export function waiverState({ expires }: Waiver, count: WaiverCount | null, now: number): WaiverState {
  if (expires !== null && expires <= now) return 'expired';
  if (count?.covered === 0) return 'matches nothing';
  if (expires !== null && expires - now <= SOON_MS) return 'expires soon';
  return count !== null && isTooBroad(count) ? 'too broad' : 'in force';
}

function isTooBroad({ covered, among, spread }: WaiverCount): boolean {
  return covered >= FEW && covered >= among * MOST && spread > 1;
}

/** What is there for waivers to name; null: not known. */
interface Nameable {
  readonly guardrails: readonly string[];
  readonly categories: readonly string[];
  readonly sources: readonly string[] | null;
}

/** What an audit of a waiver rests on. */
export interface Audited {
  readonly count: WaiverCount | null;
  /** Why it left alone what it might have covered, as {@link WaiverCount.passedBy} has it; null: nothing, or not known. */
  readonly objection: string | null;
  readonly nameable: Nameable;
  readonly now: number;
}

/** What is wrong with a waiver, as notices: over or about to be, covers nothing, too broad, names what is not there. */
export function waiverProblems(waiver: Waiver, { count, objection, nameable, now }: Audited): readonly Problem[] {
  const { name, expires, advisories, place } = waiver;
  const at = { file: place?.file ?? null, line: place?.line ?? null, subject: `Waiver ${name}` };
  const found: Problem[] = [];
  const state = waiverState(waiver, count, now);
  if (state === 'expired' || state === 'expires soon') {
    const day = expires === null ? '' : new Date(expires).toISOString();
    found.push(problem('PLM1320', `waiver ${name} ${state === 'expired' ? 'expired' : 'expires'} at ${day}`, at));
  }
  if (state === 'matches nothing') {
    const why = advisories !== null ? 'no finding is of an advisory' : objection;
    found.push(problem('PLM1321', `waiver ${name} covers nothing here${why === null ? '' : `: ${why}`}`, at));
  }
  if (state !== 'expired' && count !== null && isTooBroad(count)) {
    const { covered, among, spread } = count;
    const message = `waiver ${name} covers ${covered} of ${among} findings of ${aboutText(waiver)}, in ${spread} namespaces`;
    found.push(problem('PLM1322', message, at));
  }
  for (const [what, patterns, names] of [
    ['guardrail', waiver.guardrails, nameable.guardrails],
    ['category', waiver.categories, nameable.categories],
    ['source', waiver.sources, nameable.sources],
  ] as const)
    for (const pattern of missing(patterns, names)) {
      const near = nearestName(pattern, names ?? []);
      const meant = near === null ? '' : `; did you mean ${near}?`;
      found.push(problem('PLM1323', `waiver ${name} names a ${what} that is not here: ${pattern}${meant}`, at));
    }
  return found;
}

function missing(patterns: readonly string[] | null, names: readonly string[] | null): readonly string[] {
  if (patterns === null || names === null) return [];
  return patterns.filter((pattern) => pattern !== '*' && !names.some((name) => matchesGlob(pattern, name)));
}

/** What a waiver is about: `guardrails a, b of category c`. */
function aboutText({ guardrails, categories }: Waiver): string {
  return [
    ...(guardrails === null ? [] : [guardrails.join(', ')]),
    ...(categories === null ? [] : [`category ${categories.join(', ')}`]),
  ].join(' of ');
}
